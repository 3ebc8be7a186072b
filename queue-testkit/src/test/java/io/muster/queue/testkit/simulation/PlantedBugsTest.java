package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that finds nothing must be able to find something: each planted bug breaks a promise in some seed. */
class PlantedBugsTest {
    private static final int MOST_SEEDS = 150;
    private static final AtomicLong HIGHEST_TERM = new AtomicLong();
    private static final AtomicInteger PUSHES = new AtomicInteger();
    private static final Set<Object> WITHOUT_STORE = new LinkedHashSet<>();
    private static final Set<AttemptToken> STARTED = new LinkedHashSet<>();

    enum Bug implements UnaryOperator<JobStore> {
        /** The store takes the word of a leader whose term is over. */
        TERM_IS_NOT_COMPARED {
            @Override
            public JobStore apply(JobStore store) {
                return planted(store, LeaderDesk.class, (method, arguments, real) -> {
                    if (arguments.length == 0 || !(arguments[0] instanceof Fence fence)) {
                        return real.call(arguments);
                    }
                    HIGHEST_TERM.accumulateAndGet(fence.term(), Math::max);
                    try {
                        return real.call(arguments);
                    } catch (StaleFenceException e) {
                        arguments[0] = new Fence(fence.group(), fence.identity(), HIGHEST_TERM.get());
                        return real.call(arguments);
                    }
                });
            }
        },
        /** What a buried incarnation settles is taken for accepted. */
        THE_BURIED_SETTLE {
            @Override
            public JobStore apply(JobStore store) {
                return planted(store, NodeDesk.class, (method, arguments, real) -> {
                    try {
                        return real.call(arguments);
                    } catch (IncarnationBuriedException e) {
                        if (arguments.length > 0
                                && arguments[0] instanceof Exchange told
                                && !told.settlements().isEmpty()) {
                            return new ExchangeReply(
                                    Collections.nCopies(told.settlements().size(), SettleResult.ACCEPTED),
                                    List.of(),
                                    0);
                        }
                        throw e;
                    }
                });
            }
        },
        /** What a lost node held is forgotten. */
        NOTHING_IS_RECLAIMED {
            @Override
            public JobStore apply(JobStore store) {
                return planted(
                        store,
                        LeaderDesk.class,
                        (method, arguments, real) ->
                                method.equals("bury") ? new BuryReport(0, 0, 0, true) : real.call(arguments));
            }
        },
        /** A push is acknowledged before it is written, and sometimes it is not. */
        ACKNOWLEDGED_BEFORE_WRITTEN {
            @Override
            public JobStore apply(JobStore store) {
                return planted(store, Intake.class, (method, arguments, real) -> {
                    boolean begun = method.equals("beginPush");
                    if ((!begun && !method.equals("push")) || PUSHES.incrementAndGet() % 10 != 0) {
                        return real.call(arguments);
                    }
                    List<?> jobs = (List<?>) arguments[0];
                    List<PushOutcome> outcomes = jobs.stream()
                            .map(job -> (PushOutcome) new PushOutcome.Pushed(((NewJob) job).id()))
                            .toList();
                    return begun ? new Intake.Answered(outcomes) : outcomes;
                });
            }
        },
        /** A node that hears nothing of the store keeps what it holds as long as its session lives. */
        NODES_WITHOUT_STORE_ARE_NOT_RECLAIMED {
            @Override
            public JobStore apply(JobStore store) {
                JobStore noting = planted(store, NodeDesk.class, (method, arguments, real) -> {
                    if (arguments.length == 0 || !(arguments[0] instanceof Exchange told)) {
                        return real.call(arguments);
                    }
                    try {
                        Object reply = real.call(arguments);
                        WITHOUT_STORE.remove(told.incarnation());
                        return reply;
                    } catch (StoreUnavailableException e) {
                        WITHOUT_STORE.add(told.incarnation());
                        throw e;
                    }
                });
                return planted(
                        noting,
                        LeaderDesk.class,
                        (method, arguments, real) -> method.equals("bury") && WITHOUT_STORE.contains(arguments[1])
                                ? new BuryReport(0, 0, 0, true)
                                : real.call(arguments));
            }
        },
        /** What a pool that closes or is too slow has begun is taken back from it too. */
        STARTED_JOBS_ARE_REVOKED {
            @Override
            public JobStore apply(JobStore store) {
                JobStore noting = planted(store, NodeDesk.class, (method, arguments, real) -> {
                    Object result = real.call(arguments);
                    if (result instanceof ExchangeReply reply) {
                        reply.taken().forEach(attempt -> STARTED.add(attempt.token()));
                    }
                    return result;
                });
                return planted(noting, LeaderDesk.class, (method, arguments, real) -> {
                    Object result = real.call(arguments);
                    if (method.equals("revoke")) {
                        List<Settlement> back = STARTED.stream()
                                .filter(token -> token.incarnation().equals(arguments[1]))
                                .map(token -> Settlement.of(token, new Settlement.Returned()))
                                .toList();
                        store.nodes()
                                .exchange(new Exchange(
                                        (String) arguments[1], (String) arguments[2], back, 0, Optional.empty()));
                    }
                    return result;
                });
            }
        },
        /** After a lost reply nobody asks what was in it. */
        LOST_REPLIES_ARE_NOT_DELIVERED_AGAIN {
            @Override
            public JobStore apply(JobStore store) {
                return planted(store, NodeDesk.class, (method, arguments, real) -> {
                    if (arguments.length > 0 && arguments[0] instanceof Exchange told) {
                        arguments[0] = new Exchange(
                                told.incarnation(), told.pool(), told.settlements(), told.take(), Optional.empty());
                    }
                    return real.call(arguments);
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachIsFound(Bug bug) {
        for (long seed = 1; seed <= MOST_SEEDS; seed++) {
            reset();
            if (!Simulation.run(seed, bug).violations().isEmpty()) {
                return;
            }
        }
        assertThat(bug).as("was not found in %d seeds", MOST_SEEDS).isNull();
    }

    static void reset() {
        HIGHEST_TERM.set(0);
        PUSHES.set(0);
        STARTED.clear();
        WITHOUT_STORE.clear();
    }

    private interface Real {
        Object call(Object[] arguments) throws Throwable;
    }

    private interface Planting {
        Object instead(String method, Object[] arguments, Real real) throws Throwable;
    }

    /** The store with the desk of this type replaced. */
    private static JobStore planted(JobStore store, Class<?> desk, Planting planting) {
        return proxy(JobStore.class, store, (method, arguments, real) -> {
            Object result = real.call(arguments);
            return desk.isInstance(result) ? proxy(desk, result, planting) : result;
        });
    }

    private static <T> T proxy(Class<T> type, Object target, Planting planting) {
        Object made = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            return planting.instead(method.getName(), arguments, called -> call(method, target, called));
        });
        return type.cast(made);
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
