package io.muster.integration;

import io.muster.cluster.Cluster;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.QueueSettings;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A store at whose door the process stops itself by SIGSTOP when told to by a file: behind all that a node checks before it writes, and
 * before anything is sent. Goes on with the very write when it is thawed, and says what became of it and of all that is written
 * later under the same term or incarnation.
 */
final class StoppingStore {
    /** Stops before the next write of a leader. */
    static final String BEFORE_LEADING = ".stop-before-leading";

    /** Stops before the next settlement. */
    static final String BEFORE_SETTLING = ".stop-before-settling";

    private static final String STOP =
            """
            kill -STOP "$1" || exit 1
            until [ -z "$(cat /proc/"$1"/task/*/stat | sed 's/.*) //' | grep -v '^T')" ]; do sleep 0.01; done
            """;

    static final String STOPS = "stops before ";
    static final String REFUSED = "refused after a stop: ";
    /** By something else, as a connection that was lost meanwhile: not accepted either. */
    static final String FAILED = "failed after a stop: ";

    static final String ACCEPTED = "ACCEPTED after a stop: ";
    private static final String NOBODY = "";
    /** On etcd, Consul and ZooKeeper; Redis would bring another. */
    private static final String OF_COORDINATOR = "cluster:";

    private final JobStore store;
    private final Path orders;
    private volatile String term = NOBODY;
    private volatile String incarnation = NOBODY;
    private volatile Stop latest = new Stop(NOBODY, NOBODY, System.nanoTime());

    /** Under what the process wrote when it stopped, and when it went on. */
    private record Stop(String term, String incarnation, long thawed) {
        boolean endedRightOf(String writer, long begun) {
            return !writer.equals(NOBODY) && (writer.equals(term) || writer.equals(incarnation)) && begun - thawed >= 0;
        }
    }

    private StoppingStore(JobStore store, Path orders) {
        this.store = store;
        this.orders = orders;
    }

    /** Opens the store of these settings; {@code orders} is the path of the files that tell it to stop, without their endings. */
    static JobStore open(QueueSettings settings, Cluster cluster, Path orders) {
        ConnectionUri uri = ConnectionUri.parse(settings.store().orElse(OF_COORDINATOR));
        JobStore opened = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(uri.scheme()))
                .findFirst()
                .orElseThrow()
                .open(
                        uri,
                        new StoreProvider.Surroundings(
                                cluster, settings.namespace(), cluster.options().timeline()));
        StoppingStore stopping = new StoppingStore(opened, orders);
        return proxy(JobStore.class, stopping::inStore);
    }

    private @Nullable Object inStore(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "leader" -> proxy(JobStore.LeaderDesk.class, this::lead);
            case "nodes" -> proxy(JobStore.NodeDesk.class, this::work);
            default -> call(method, store, arguments);
        };
    }

    private @Nullable Object lead(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (arguments != null && arguments.length > 0 && arguments[0] instanceof Fence fence) {
            String writer = "term=" + fence.term() + " ";
            term = writer;
            return write(method, store.leader(), arguments, writer, isOrdered(BEFORE_LEADING));
        }
        return call(method, store.leader(), arguments);
    }

    private @Nullable Object work(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (arguments != null && arguments.length > 0 && arguments[0] instanceof Exchange exchange) {
            String writer = "incarnation=" + exchange.incarnation() + " ";
            incarnation = writer;
            boolean stops = !exchange.settlements().isEmpty() && isOrdered(BEFORE_SETTLING);
            return write(method, store.nodes(), arguments, writer, stops);
        }
        return call(method, store.nodes(), arguments);
    }

    private @Nullable Object write(
            Method method, Object desk, @Nullable Object @Nullable [] arguments, String writer, boolean stops)
            throws Throwable {
        if (stops) {
            System.out.println(STOPS + writer + method.getName());
            stop();
        }
        long begun = System.nanoTime();
        try {
            @Nullable Object answer = call(method, desk, arguments);
            if (latest.endedRightOf(writer, begun)) {
                System.out.println(ACCEPTED + writer + method.getName() + " " + answer);
            }
            return answer;
        } catch (RuntimeException e) {
            if (latest.endedRightOf(writer, begun)) {
                boolean refused = e instanceof StaleFenceException || e instanceof IncarnationBuriedException;
                System.out.println((refused ? REFUSED : FAILED) + writer + method.getName() + " " + e);
            }
            throw e;
        }
    }

    /**
     * Returns once somebody has thawed this process. The signal is taken by any one thread, which on a busy machine may wait
     * for its turn while the others run on: so who sends it ends only when all threads stand still.
     */
    private void stop() throws IOException, InterruptedException {
        String process = Long.toString(ProcessHandle.current().pid());
        int ended = new ProcessBuilder("sh", "-c", STOP, "sh", process)
                .inheritIO()
                .start()
                .waitFor();
        if (ended != 0) {
            throw new IllegalStateException("This process could not be stopped: " + ended);
        }
        latest = new Stop(term, incarnation, System.nanoTime());
    }

    private boolean isOrdered(String order) {
        try {
            return Files.deleteIfExists(Path.of(orders + order));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object call(Method method, Object target, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
