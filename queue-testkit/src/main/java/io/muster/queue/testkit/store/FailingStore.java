package io.muster.queue.testkit.store;

import io.muster.cluster.Subscription;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.Retention;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import io.muster.queue.store.StoredSchedule;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A store whose calls fail as told: before they reach the real one, or after it has applied them. Hints pass unharmed; a lost
 * hint is nothing that a store promises to avoid. Closing it closes the real store. Thread-safe.
 */
public final class FailingStore implements JobStore {
    private final JobStore store;
    private final Intake intake = new FailingIntake();
    private final LeaderDesk leader = new FailingLeaderDesk();
    private final NodeDesk nodes = new FailingNodeDesk();
    private final ScheduleDesk schedules = new FailingScheduleDesk();
    private final BatchDesk batches = new FailingBatchDesk();
    private volatile Faults faults = operation -> Fault.NONE;

    /** Without faults until told. */
    public FailingStore(JobStore store) {
        this.store = store;
    }

    /** What happens to a call. */
    public enum Fault {
        NONE,
        /** Nothing is applied, and the caller knows: {@link StoreUnavailableException}. */
        UNAVAILABLE,
        /** Nothing is applied, but the caller cannot know: {@link StoreOutcomeUnknownException}. */
        REQUEST_LOST,
        /** It is applied, but the caller cannot know: {@link StoreOutcomeUnknownException}. */
        REPLY_LOST
    }

    /** Decides about each call; must be thread-safe. */
    @FunctionalInterface
    public interface Faults {
        /** @param operation name of the SPI's method: {@code push}, {@code assign}, {@code exchange} … */
        Fault of(String operation);
    }

    /** From now on {@code faults} decide. */
    public void decide(Faults changed) {
        this.faults = changed;
    }

    /** Every call works again. */
    public void heal() {
        decide(operation -> Fault.NONE);
    }

    /** Every call is refused until {@link #heal}. */
    public void refuseAll() {
        decide(operation -> Fault.UNAVAILABLE);
    }

    /** The next {@code calls} calls are applied and their replies lost; those after them work. */
    public void loseReplies(int calls) {
        decide(new Next(calls, Fault.REPLY_LOST));
    }

    /** The next {@code calls} calls are lost on their way; those after them work. */
    public void loseRequests(int calls) {
        decide(new Next(calls, Fault.REQUEST_LOST));
    }

    @Override
    public StoreCapabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return leader;
    }

    @Override
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public LimitDesk limits() {
        return limit -> call("limit", () -> store.limits().ask(limit));
    }

    @Override
    public ScheduleDesk schedules() {
        return schedules;
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T call(String operation, Supplier<T> call) {
        Fault fault = faults.of(operation);
        switch (fault) {
            case UNAVAILABLE -> throw new StoreUnavailableException("Told to be unavailable for " + operation);
            case REQUEST_LOST -> throw new StoreOutcomeUnknownException("Told to lose the request of " + operation);
            case REPLY_LOST -> {
                T lost = call.get();
                throw new StoreOutcomeUnknownException("Told to lose the reply of " + operation + " with a "
                        + lost.getClass().getSimpleName());
            }
            case NONE -> {
                return call.get();
            }
        }
        throw new AssertionError(fault);
    }

    private void run(String operation, Runnable call) {
        call(operation, () -> {
            call.run();
            return true;
        });
    }

    private static final class Next implements Faults {
        private final Fault fault;
        private int left;

        Next(int calls, Fault fault) {
            this.left = calls;
            this.fault = fault;
        }

        @Override
        public synchronized Fault of(String operation) {
            if (left == 0) {
                return Fault.NONE;
            }
            left--;
            return fault;
        }
    }

    private final class FailingIntake implements Intake {
        @Override
        public List<PushOutcome> push(List<NewJob> jobs) {
            return call("push", () -> store.intake().push(jobs));
        }

        @Override
        public Optional<StoredJob> find(String jobId) {
            return call("find", () -> store.intake().find(jobId));
        }

        @Override
        public JobObstacles obstacles(String jobId) {
            return call("obstacles", () -> store.intake().obstacles(jobId));
        }

        @Override
        public List<QueueCounts> counts() {
            return call("counts", () -> store.intake().counts());
        }

        @Override
        public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
            return call("list", () -> store.intake().list(queue, state, from, limit));
        }

        @Override
        public void pause(String queue, String by) {
            FailingStore.this.run("pause", () -> store.intake().pause(queue, by));
        }

        @Override
        public void resume(String queue) {
            FailingStore.this.run("resume", () -> store.intake().resume(queue));
        }

        @Override
        public int clear(String queue, int limit) {
            return call("clear", () -> store.intake().clear(queue, limit));
        }

        @Override
        public List<RetryOutcome> retry(List<String> jobIds) {
            return call("retry", () -> store.intake().retry(jobIds));
        }

        @Override
        public Set<String> forget(List<String> jobIds) {
            return call("forget", () -> store.intake().forget(jobIds));
        }
    }

    private final class FailingLeaderDesk implements LeaderDesk {
        @Override
        public void install(Fence fence) {
            FailingStore.this.run("install", () -> store.leader().install(fence));
        }

        @Override
        public void adopt(String group, String identity) {
            FailingStore.this.run("adopt", () -> store.leader().adopt(group, identity));
        }

        @Override
        public AssignReport assign(Fence fence, List<Grant> grants) {
            return call("assign", () -> store.leader().assign(fence, grants));
        }

        @Override
        public int revoke(Fence fence, String incarnation, String pool, int limit) {
            return call("revoke", () -> store.leader().revoke(fence, incarnation, pool, limit));
        }

        @Override
        public BuryReport bury(Fence fence, String incarnation, int limit) {
            return call("bury", () -> store.leader().bury(fence, incarnation, limit));
        }

        @Override
        public List<IncarnationRecord> incarnations() {
            return call("incarnations", () -> store.leader().incarnations());
        }

        @Override
        public TendReport tend(Fence fence, Retention retention, Instant now, int limit) {
            return call("tend", () -> store.leader().tend(fence, retention, now, limit));
        }

        @Override
        public int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now) {
            return call("failUnserved", () -> store.leader().failUnserved(fence, servedTypes, longest, now));
        }

        @Override
        public List<OutboxEntry> outbox(Fence fence, int limit) {
            return call("outbox", () -> store.leader().outbox(fence, limit));
        }

        @Override
        public OutboxPage outbox(Optional<String> from, int limit) {
            return call("outboxPage", () -> store.leader().outbox(from, limit));
        }

        @Override
        public void relayed(Fence fence, List<String> outboxIds) {
            FailingStore.this.run("relayed", () -> store.leader().relayed(fence, outboxIds));
        }

        @Override
        public Subscription onReady(Runnable hint) {
            return store.leader().onReady(hint);
        }
    }

    private final class FailingNodeDesk implements NodeDesk {
        @Override
        public void admit(IncarnationRecord incarnation, Optional<String> survivorOf) {
            FailingStore.this.run("admit", () -> store.nodes().admit(incarnation, survivorOf));
        }

        @Override
        public void leave(String incarnation) {
            FailingStore.this.run("leave", () -> store.nodes().leave(incarnation));
        }

        @Override
        public ExchangeReply exchange(Exchange exchange) {
            return call("exchange", () -> store.nodes().exchange(exchange));
        }

        @Override
        public AssignReport reserve(Grant own, Instant now) {
            return call("reserve", () -> store.nodes().reserve(own, now));
        }

        @Override
        public boolean reservesAhead() {
            return store.nodes().reservesAhead();
        }

        @Override
        public int giveBack(String incarnation, String pool, int limit) {
            return call("giveBack", () -> store.nodes().giveBack(incarnation, pool, limit));
        }

        @Override
        public Subscription onAssigned(String incarnation, Runnable hint) {
            return store.nodes().onAssigned(incarnation, hint);
        }
    }

    private final class FailingBatchDesk implements BatchDesk {
        @Override
        public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
            return call("createBatch", () -> store.batches().create(batch, members));
        }

        @Override
        public void seal(String batchId) {
            FailingStore.this.run("sealBatch", () -> store.batches().seal(batchId));
        }

        @Override
        public Optional<StoredBatch> find(String batchId) {
            return call("findBatch", () -> store.batches().find(batchId));
        }

        @Override
        public BatchPage list(Optional<String> from, int limit) {
            return call("listBatches", () -> store.batches().list(from, limit));
        }

        @Override
        public Optional<StoredBatch> cancel(String batchId) {
            return call("cancelBatch", () -> store.batches().cancel(batchId));
        }

        @Override
        public int prune(BatchAges ages, Instant now, int limit) {
            return call("pruneBatches", () -> store.batches().prune(ages, now, limit));
        }
    }

    private final class FailingScheduleDesk implements ScheduleDesk {
        @Override
        public List<StoredSchedule> list() {
            return call("listSchedules", () -> store.schedules().list());
        }

        @Override
        public Optional<StoredSchedule> find(String name) {
            return call("findSchedule", () -> store.schedules().find(name));
        }

        @Override
        public boolean put(StoredSchedule schedule, Optional<String> replaced) {
            return call("putSchedule", () -> store.schedules().put(schedule, replaced));
        }

        @Override
        public boolean remove(String name, String version) {
            return call("removeSchedule", () -> store.schedules().remove(name, version));
        }

        @Override
        public List<FireResult> fire(Fence fence, List<Firing> firings) {
            return call("fire", () -> store.schedules().fire(fence, firings));
        }
    }
}
