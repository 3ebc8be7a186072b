package io.muster.queue.testkit.simulation;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.JobStore.NodeDesk;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bugs of a node: what it makes of answers and of silence. */
final class NodeBugs {
    private NodeBugs() {}

    static Plant nodesWithoutStoreAreNotReclaimed() {
        Set<Object> without = new HashSet<>();
        Plant noting = Plants.client(NodeDesk.class, (store, method, arguments, real) -> {
            if (arguments.length == 0 || !(arguments[0] instanceof Exchange told)) {
                return real.call(arguments);
            }
            try {
                Object reply = real.call(arguments);
                without.remove(told.incarnation());
                return reply;
            } catch (StoreUnavailableException e) {
                without.add(told.incarnation());
                throw e;
            }
        });
        return Plants.both(
                noting,
                Plants.leader(
                        (store, method, arguments, real) -> method.equals("bury") && without.contains(arguments[1])
                                ? new BuryReport(0, 0, 0, true)
                                : real.call(arguments)));
    }

    static Plant hintsHaveNoBackstop() {
        Set<Object> told = new HashSet<>();
        return Plants.client(NodeDesk.class, (store, method, arguments, real) -> {
            if (method.equals("onAssigned")) {
                Runnable hint = (Runnable) arguments[1];
                Object incarnation = arguments[0];
                arguments[1] = (Runnable) () -> {
                    told.add(incarnation);
                    hint.run();
                };
            }
            if (arguments.length == 0 || !(arguments[0] instanceof Exchange exchange)) {
                return real.call(arguments);
            }
            if (!told.contains(exchange.incarnation())) {
                arguments[0] = new Exchange(
                        exchange.incarnation(), exchange.pool(), exchange.settlements(), 0, Optional.empty());
                ExchangeReply reply = (ExchangeReply) real.call(arguments);
                return new ExchangeReply(reply.settled(), reply.taken(), 0);
            }
            ExchangeReply reply = (ExchangeReply) real.call(arguments);
            if (reply.waiting() == 0) {
                told.remove(exchange.incarnation());
            }
            return reply;
        });
    }

    static Plant unknownIsSuccess() {
        return Plants.client(Intake.class, (store, method, arguments, real) -> {
            try {
                return real.call(arguments);
            } catch (StoreOutcomeUnknownException e) {
                if (!method.equals("push") && !method.equals("beginPush")) {
                    throw e;
                }
                List<PushOutcome> outcomes = ((List<?>) arguments[0])
                        .stream()
                                .map(job -> (PushOutcome) new PushOutcome.Pushed(((NewJob) job).id()))
                                .toList();
                return method.equals("push") ? outcomes : new Intake.Answered(outcomes);
            }
        });
    }

    static Plant unknownIsFailure() {
        return Plants.client(Intake.class, (store, method, arguments, real) -> {
            try {
                return real.call(arguments);
            } catch (StoreOutcomeUnknownException e) {
                if (!method.equals("push") && !method.equals("beginPush")) {
                    throw e;
                }
                arguments[0] = ((List<?>) arguments[0])
                        .stream()
                                .map(job -> ((NewJob) job).withId(((NewJob) job).id() + ".again"))
                                .toList();
                return real.call(arguments);
            }
        });
    }

    static Plant renewalsAreTakenForGranted() {
        return new Plant() {
            @Override
            public BackendConfig coordinator(BackendConfig config) {
                return (namespace, timeline) -> {
                    Backend backend = config.open(namespace, timeline);
                    return Plants.proxy(Backend.class, (method, arguments) -> {
                        Object result = Plants.call(method, backend, arguments);
                        return result instanceof BackendSession session ? new Believed(session) : result;
                    });
                };
            }
        };
    }

    /** A session whose renewals always seem to succeed. */
    private record Believed(BackendSession session) implements BackendSession {
        @Override
        public String id() {
            return session.id();
        }

        @Override
        public Duration effectiveTtl() {
            return session.effectiveTtl();
        }

        @Override
        public void renew(Deadline deadline) {
            try {
                session.renew(deadline);
            } catch (ClusterUnavailableException | OutcomeUnknownException e) {
                return;
            }
        }

        @Override
        public void end(Deadline deadline) {
            session.end(deadline);
        }
    }
}
