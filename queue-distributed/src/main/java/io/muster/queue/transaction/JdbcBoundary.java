package io.muster.queue.transaction;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of JDBC connections that it watches: those of a data source, or single ones. It sees a transaction from {@code setAutoCommit(false)}, or
 * from the first statement of a connection whose auto-commit is off, to its commit, rollback or close, as far as they are calls of the watched
 * connection: no {@code COMMIT} sent as SQL, none through a connection that a statement or {@code unwrap} gives. Thread-safe; each connection
 * belongs to one thread at a time. J4
 *
 * <pre>{@code
 * JdbcBoundary transactions = new JdbcBoundary();
 * DataSource dataSource = transactions.watch(pool); // the application uses this one
 * Queue queue = Queue.named("shop").transactions(transactions)…
 * }</pre>
 *
 * <p>What waited runs after the commit, in {@code commit()}. If it throws, so does {@code commit()}, by an unchecked exception: the transaction
 * has committed all the same.
 */
public final class JdbcBoundary implements TransactionBoundary {
    private static final Object[] NOTHING = {};

    // A boundary lives as long as the process; one thread-local for all would mix the transactions of several.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Set<WatchedTransaction>> open = ThreadLocal.withInitial(ConcurrentHashMap::newKeySet);

    /** The same data source, whose connections are watched. */
    public DataSource watch(DataSource dataSource) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object answer = call(dataSource, method, arguments);
            return answer instanceof Connection connection ? watch(connection) : answer;
        });
    }

    /**
     * The same connection, watched; the application uses this one.
     *
     * @throws IllegalStateException the connection does not say whether its auto-commit is on
     */
    public Connection watch(Connection connection) {
        WatchedTransaction transaction = new WatchedTransaction();
        return proxy(Connection.class, (method, arguments) -> watched(connection, transaction, method, arguments));
    }

    @Override
    public boolean afterCommit(Runnable action) {
        List<WatchedTransaction> all = List.copyOf(open.get());
        AtomicInteger left = new AtomicInteger(all.size());
        for (WatchedTransaction one : all) {
            one.add(() -> {
                if (left.decrementAndGet() == 0) {
                    action.run();
                }
            });
        }
        return !all.isEmpty();
    }

    private @Nullable Object watched(
            Connection connection, WatchedTransaction transaction, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "commit", "rollback", "close", "abort" -> {
                return ended(connection, transaction, method, arguments);
            }
            case "setAutoCommit" -> {
                boolean on = (Boolean) arguments[0];
                boolean commits = on && !connection.getAutoCommit();
                @Nullable
                Object answer = commits
                        ? committing(connection, transaction, method, arguments)
                        : call(connection, method, arguments);
                if (!on) {
                    transaction.begin(open.get());
                }
                return answer;
            }
            case "setSavepoint" -> {
                @Nullable Object savepoint = call(connection, method, arguments);
                if (savepoint instanceof Savepoint made) {
                    transaction.saved(made);
                }
                return savepoint;
            }
            case "createStatement", "prepareStatement", "prepareCall" -> {
                if (!connection.getAutoCommit()) {
                    transaction.begin(open.get());
                }
                return call(connection, method, arguments);
            }
            default -> {
                return call(connection, method, arguments);
            }
        }
    }

    private static @Nullable Object ended(
            Connection connection, WatchedTransaction transaction, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("commit")) {
            return committing(connection, transaction, method, arguments);
        }
        if (arguments.length == 1 && arguments[0] instanceof Savepoint savepoint) {
            transaction.rolledBackTo(savepoint);
        } else {
            transaction.rolledBack();
        }
        return call(connection, method, arguments);
    }

    /** A commit that throws may have committed or not; what waited for it is dropped. */
    private static @Nullable Object committing(
            Connection connection, WatchedTransaction transaction, Method method, Object[] arguments) throws Throwable {
        @Nullable Object answer;
        try {
            answer = call(connection, method, arguments);
        } catch (SQLException | RuntimeException e) {
            transaction.rolledBack();
            throw e;
        }
        transaction.committed();
        return answer;
    }

    private static @Nullable Object call(Object on, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What becomes of a call. */
    @FunctionalInterface
    private interface Calls {
        @Nullable
        Object call(Method method, Object[] arguments) throws Throwable;
    }

    // A proxy equals itself alone: what it stands for does not know it.
    @SuppressWarnings("ReferenceEquality")
    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                JdbcBoundary.class.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
                    Object[] arguments = given == null ? NOTHING : given;
                    if (method.getName().equals("equals") && arguments.length == 1) {
                        return self == arguments[0];
                    }
                    return calls.call(method, arguments);
                }));
    }
}
