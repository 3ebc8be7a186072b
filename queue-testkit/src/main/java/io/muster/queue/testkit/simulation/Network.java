package io.muster.queue.testkit.simulation;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.testkit.simulation.Simulation.Home;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/**
 * What lies between one process and the store: it loses requests and replies, delivers requests twice, or long after their sender has given up, makes
 * the process hang or die before and after a call, and forgets hints.
 */
final class Network {
    private static final Set<String> READS =
            Set.of("find", "obstacles", "counts", "list", "incarnations", "outbox", "ask");
    private static final Set<Class<?>> DESKS = Set.of(
            JobStore.Intake.class,
            JobStore.LeaderDesk.class,
            JobStore.NodeDesk.class,
            JobStore.LimitDesk.class,
            ScheduleDesk.class,
            BatchDesk.class);

    private static final int LATE = 3;
    private static final int TWICE = 4;

    private final Random random;
    private final Loop server;
    private final Home home;
    private final Sender process;
    private Trouble trouble = Trouble.NONE;

    /** How bad it is. */
    enum Trouble {
        NONE,
        /** Calls may be lost, late or repeated. */
        UNRELIABLE,
        /** The same, much more often. */
        LOSSY,
        /** No call gets through. */
        CUT
    }

    /** The process on this side. */
    interface Sender {
        /** Of whom only requests and replies are lost. */
        Sender UNDISTURBED = new Sender() {
            @Override
            public void atRisk(String where) {}

            @Override
            public void checkAlive() {}

            @Override
            public void heardTooLate(RuntimeException refusal) {}
        };

        /** Something may befall it at this very point. */
        void atRisk(String where);

        /** @throws Error it is dead and goes no further */
        void checkAlive();

        /** A late or repeated request was refused. */
        void heardTooLate(RuntimeException refusal);
    }

    /**
     * @param server a loop of the store's own, where late requests arrive
     * @param home the store in the coordinator is a part of the process, to which nothing of it can come late
     */
    Network(Random random, Loop server, Home home, Sender process) {
        this.random = random;
        this.server = server;
        this.home = home;
        this.process = process;
    }

    void is(Trouble now) {
        trouble = now;
    }

    JobStore before(JobStore store) {
        return (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, arguments) -> {
                    Object result = invoke(method, store, arguments);
                    return DESKS.contains(method.getReturnType()) ? before(method.getReturnType(), result) : result;
                });
    }

    private Object before(Class<?> type, Object desk) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            if (method.getReturnType() == Subscription.class) {
                return subscribe(method, desk, arguments);
            }
            return call(method, desk, arguments);
        });
    }

    private Object subscribe(Method method, Object desk, Object[] arguments) throws Throwable {
        int last = arguments.length - 1;
        Runnable hint = (Runnable) arguments[last];
        Object[] changed = arguments.clone();
        changed[last] = (Runnable) () -> {
            boolean forgotten = trouble == Trouble.CUT
                    || (trouble != Trouble.NONE && random.nextInt(trouble == Trouble.LOSSY ? 2 : 8) == 0);
            if (!forgotten) {
                hint.run();
            }
        };
        return invoke(method, desk, changed);
    }

    private Object call(Method method, Object desk, Object[] arguments) throws Throwable {
        process.checkAlive();
        String name = method.getName();
        if (trouble == Trouble.CUT) {
            throw new StoreUnavailableException("Cut off from the store");
        }
        if (trouble == Trouble.NONE) {
            return invoke(method, desk, arguments);
        }
        process.atRisk("before " + name);
        Object answer = transmit(method, desk, arguments);
        process.atRisk("after " + name);
        return answer;
    }

    private Object transmit(Method method, Object desk, Object[] arguments) throws Throwable {
        String name = method.getName();
        int dice = random.nextInt(trouble == Trouble.LOSSY ? 30 : 120);
        if (home == Home.CLUSTER_STORE && (dice == LATE || dice == TWICE)) {
            return invoke(method, desk, arguments);
        }
        if (READS.contains(name)) {
            if (dice == 0) {
                throw new StoreUnavailableException("No answer to " + name);
            }
            return invoke(method, desk, arguments);
        }
        switch (dice) {
            case 0 -> throw new StoreOutcomeUnknownException("The request of " + name + " was lost");
            case 1, 2 -> {
                invoke(method, desk, arguments);
                throw new StoreOutcomeUnknownException("The reply to " + name + " was lost");
            }
            case LATE -> {
                arriveLater(method, desk, arguments);
                throw new StoreOutcomeUnknownException("No answer to " + name + " in time");
            }
            case TWICE -> {
                Object first = invoke(method, desk, arguments);
                arriveLater(method, desk, arguments);
                return first;
            }
            case 5 -> throw new StoreUnavailableException("The store refused " + name);
            default -> {
                return invoke(method, desk, arguments);
            }
        }
    }

    private void arriveLater(Method method, Object desk, Object[] arguments) {
        server.schedule(Duration.ofMillis(random.nextInt(6_000)), () -> {
            try {
                invoke(method, desk, arguments);
            } catch (RuntimeException refused) {
                process.heardTooLate(refused);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
