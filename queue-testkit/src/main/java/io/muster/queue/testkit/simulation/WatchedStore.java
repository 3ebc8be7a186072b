package io.muster.queue.testkit.simulation;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Retention;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.TendReport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells a history what a node's store calls achieved. */
final class WatchedStore implements JobStore {
    private final JobStore store;
    private final History history;
    private final String node;
    private final Knowledge knowledge;

    /** What an exception leaves open. */
    enum Knowledge {
        /** Nothing: what throws has applied nothing. */
        EXACT,
        /** Whether it was applied. */
        PARTIAL
    }

    WatchedStore(JobStore store, History history, String node, Knowledge knowledge) {
        this.store = store;
        this.history = history;
        this.node = node;
        this.knowledge = knowledge;
    }

    @Override
    public StoreCapabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public Intake intake() {
        Intake intake = store.intake();
        return changed(Intake.class, intake, (method, arguments, result) -> {
            if (method.equals("push")) {
                List<?> jobs = (List<?>) arguments[0];
                List<?> outcomes = (List<?>) result;
                for (int i = 0; i < jobs.size(); i++) {
                    history.pushed((NewJob) jobs.get(i), (PushOutcome) outcomes.get(i));
                }
            }
        });
    }

    @Override
    public LeaderDesk leader() {
        return new WatchedLeader(store.leader());
    }

    @Override
    public NodeDesk nodes() {
        return new WatchedNodes(store.nodes());
    }

    @Override
    public LimitDesk limits() {
        return store.limits();
    }

    @Override
    public ScheduleDesk schedules() {
        return changed(ScheduleDesk.class, store.schedules(), (method, arguments, result) -> {
            if (method.equals("fire")) {
                history.wrote((Fence) arguments[0], "fire", node);
                ((List<?>) result).forEach(this::fired);
            }
        });
    }

    @Override
    public BatchDesk batches() {
        return store.batches();
    }

    @Override
    public void close() {
        store.close();
    }

    private void fired(Object result) {
        if (result instanceof FireResult.Fired fired) {
            fired.jobs().stream()
                    .filter(PushOutcome.Pushed.class::isInstance)
                    .forEach(outcome -> history.fired(outcome.jobId()));
        }
    }

    private final class WatchedLeader implements LeaderDesk {
        private final LeaderDesk desk;

        WatchedLeader(LeaderDesk desk) {
            this.desk = desk;
        }

        @Override
        public void install(Fence fence) {
            desk.install(fence);
            history.wrote(fence, "install", node);
        }

        @Override
        public void adopt(String group, String identity) {
            desk.adopt(group, identity);
        }

        @Override
        public AssignReport assign(Fence fence, List<Grant> grants) {
            AssignReport report = desk.assign(fence, grants);
            if (report.total() > 0) {
                history.wrote(fence, "assign " + report.total(), node);
            }
            return report;
        }

        @Override
        public int revoke(Fence fence, String incarnation, String pool, int limit) {
            return desk.revoke(fence, incarnation, pool, limit);
        }

        /** Only what took something back wrote last: an empty burial may return long after its one write, or have had none to make. */
        @Override
        public BuryReport bury(Fence fence, String incarnation, int limit) {
            if (knowledge == Knowledge.PARTIAL) {
                history.buries(incarnation);
            }
            BuryReport report = desk.bury(fence, incarnation, limit);
            history.buries(incarnation);
            history.note(() -> node + " buries " + incarnation + ": " + report);
            if (report.untaken() + report.crashed() + report.failed() > 0) {
                history.wrote(fence, "bury", node);
            }
            return report;
        }

        @Override
        public List<IncarnationRecord> incarnations() {
            return desk.incarnations();
        }

        @Override
        public TendReport tend(Fence fence, Retention retention, Instant now, int limit) {
            return desk.tend(fence, retention, now, limit);
        }

        @Override
        public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now) {
            return desk.failUnserved(fence, servedTypes, longest, now);
        }

        @Override
        public List<OutboxEntry> outbox(Fence fence, int limit) {
            return desk.outbox(fence, limit);
        }

        @Override
        public OutboxPage outbox(Optional<String> from, int limit) {
            return desk.outbox(from, limit);
        }

        @Override
        public void relayed(Fence fence, List<String> outboxIds) {
            desk.relayed(fence, outboxIds);
        }

        @Override
        public Subscription onReady(Runnable hint) {
            return desk.onReady(hint);
        }
    }

    private final class WatchedNodes implements NodeDesk {
        private final NodeDesk desk;

        WatchedNodes(NodeDesk desk) {
            this.desk = desk;
        }

        @Override
        public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
            desk.admit(incarnation, survivorOf);
            history.note(node + " admitted as " + incarnation.incarnation());
        }

        @Override
        public void leave(String incarnation) {
            desk.leave(incarnation);
        }

        @Override
        public ExchangeReply exchange(Exchange exchange) {
            if (knowledge == Knowledge.PARTIAL) {
                exchange.settlements().forEach(settlement -> history.givesUp(settlement.token()));
            }
            ExchangeReply reply = desk.exchange(exchange);
            if (knowledge == Knowledge.EXACT) {
                history.served(exchange.incarnation());
            }
            for (int i = 0; i < reply.settled().size(); i++) {
                history.settled(exchange.settlements().get(i), reply.settled().get(i), node);
            }
            reply.taken().forEach(attempt -> history.taken(attempt, node));
            return reply;
        }

        @Override
        public AssignReport reserve(Grant own, Instant now) {
            return desk.reserve(own, now);
        }

        @Override
        public boolean reservesAhead() {
            return desk.reservesAhead();
        }

        @Override
        public int giveBack(String incarnation, String pool, int limit) {
            return desk.giveBack(incarnation, pool, limit);
        }

        @Override
        public Subscription onAssigned(String incarnation, Runnable hint) {
            return desk.onAssigned(incarnation, hint);
        }
    }

    private interface Watcher {
        void saw(String method, Object[] arguments, Object result);
    }

    /** The desk, whose calls are told to {@code watcher} when they have succeeded. */
    private static <T> T changed(Class<T> type, T desk, Watcher watcher) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("beginPush")) {
                        return new Intake.Answered(((Intake) self).push(pushedBy(arguments)));
                    }
                    try {
                        Object result = method.invoke(desk, arguments);
                        watcher.saw(method.getName(), arguments, result);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @SuppressWarnings("unchecked") // beginPush has this one parameter
    private static List<NewJob> pushedBy(Object[] arguments) {
        return (List<NewJob>) arguments[0];
    }
}
