package io.muster.queue.worker;

import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots of a pool: starts handlers, times them out, and replaces those that ignore their interrupt, so that they do not block the pool
 * (K3). Owned by the pool's loop.
 */
final class Slots {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(5);

    private final PoolSetting setting;
    private final Loop loop;
    private final Timeline timeline;
    private final EndListener onEnd;
    private final Map<String, Occupied> occupied = new HashMap<>();
    private int stuck;
    private int reserved;
    private boolean waitingForNode;

    /** Receives how an attempt ended, on the loop, after its slot was freed. */
    interface EndListener {
        void ended(Attempt attempt, Outcome outcome, long ranNanos);
    }

    private static final class Occupied {
        final HandlerRun run;
        final long startedNanos;
        Timeline.Task task = new Unstarted();
        Loop.Timer timeout = () -> {};

        Occupied(HandlerRun run, long startedNanos) {
            this.run = run;
            this.startedNanos = startedNanos;
        }
    }

    Slots(PoolSetting setting, Loop loop, EndListener onEnd) {
        this.setting = setting;
        this.loop = loop;
        this.timeline = setting.timeline();
        this.onEnd = onEnd;
    }

    int running() {
        return occupied.size();
    }

    Set<String> jobIds() {
        return occupied.keySet();
    }

    /**
     * Keeps up to {@code most} free slots of the pool and of the node for attempts to come; answers how many are kept now. If only the
     * node is full, {@code whenFree} is posted to the loop later.
     */
    int reserve(int most, Runnable whenFree) {
        while (reserved < most && tryReserve(whenFree)) {
            reserved++;
        }
        return reserved;
    }

    /** Frees what was kept and not used. */
    void cancelReservations() {
        for (; reserved > 0; reserved--) {
            setting.nodeSlots().release();
        }
    }

    private boolean tryReserve(Runnable whenFree) {
        if (occupied.size() + reserved >= setting.options().concurrency() || waitingForNode) {
            return false;
        }
        boolean acquired = setting.nodeSlots()
                .tryAcquire(() -> loop.post(() -> {
                    waitingForNode = false;
                    whenFree.run();
                }));
        waitingForNode = !acquired;
        return acquired;
    }

    /** Runs an attempt in a slot kept by {@link #reserve}. */
    void run(Attempt attempt) {
        reserved--;
        try {
            JobEnvelope envelope = JobEnvelope.read(attempt.payload());
            JobType<?> type = setting.types().named(attempt.type()).orElseThrow(() -> unknown(attempt));
            Handler<?> handler = setting.types().handler(attempt.type()).orElseThrow(() -> unknown(attempt));
            start(attempt, envelope, type, handler);
        } catch (PayloadException e) {
            LOG.warn(
                    "Job cannot be read; it fails and is kept job={} type={} reason={}",
                    attempt.token().jobId(),
                    attempt.type(),
                    e.getMessage());
            setting.nodeSlots().release();
            Outcome outcome = new Settlement.Failed(String.valueOf(e.getMessage()), "", Settlement.Why.ASKED);
            loop.post(() -> onEnd.ended(attempt, outcome, 0));
        }
    }

    /** Interrupts all running handlers and frees their slots; answers whose attempts they were. */
    List<HandlerRun> interruptAll() {
        List<HandlerRun> interrupted = new ArrayList<>();
        for (Occupied slot : new ArrayList<>(occupied.values())) {
            abandon(slot);
            interrupted.add(slot.run);
        }
        return interrupted;
    }

    PoolStats stats(PoolStats.Status status) {
        return setting.ledger().stats(status, setting.options().concurrency(), occupied.size(), stuck);
    }

    // The handler and the type were registered together, by JobTypes.Builder.register.
    @SuppressWarnings("unchecked")
    private void start(Attempt attempt, JobEnvelope envelope, JobType<?> type, Handler<?> handler) {
        Object job = envelope.job(type);
        HandlerRun run = new HandlerRun(attempt, envelope.options(), setting.node(), setting.trusted(), timeline);
        Occupied slot = new Occupied(run, timeline.ticker().nanos());
        occupied.put(attempt.token().jobId(), slot);
        setting.ledger().started();
        slot.timeout = loop.schedule(envelope.options().timeout(), () -> timedOut(slot));
        slot.task = timeline.start(setting.node() + "-" + attempt.type(), () -> {
            long begun = timeline.ticker().nanos();
            Outcome outcome = run.call((Handler<Object>) handler, job);
            long ran = timeline.ticker().nanos() - begun;
            loop.post(() -> returned(slot, outcome, ran));
        });
    }

    private void returned(Occupied slot, Outcome outcome, long ranNanos) {
        if (!isCurrent(slot)) {
            stuck--;
            return;
        }
        free(slot);
        onEnd.ended(slot.run.taken(), outcome, ranNanos);
    }

    private void timedOut(Occupied slot) {
        if (isCurrent(slot)) {
            abandon(slot);
            Outcome outcome = Verdict.timedOut(
                    slot.run.options(),
                    slot.run.taken().counters(),
                    timeline.clock().instant());
            onEnd.ended(slot.run.taken(), outcome, timeline.ticker().nanos() - slot.startedNanos);
        }
    }

    private void abandon(Occupied slot) {
        free(slot);
        stuck++;
        slot.run.end();
        slot.task.interrupt();
        loop.schedule(INTERRUPT_GRACE, () -> {
            if (!slot.task.ended()) {
                LOG.warn(
                        "Handler ignores its interrupt; its slot was replaced job={} type={} node={}",
                        slot.run.jobId(),
                        slot.run.type(),
                        setting.node());
            }
        });
    }

    private boolean isCurrent(Occupied slot) {
        return occupied.get(slot.run.jobId()) == slot;
    }

    private void free(Occupied slot) {
        occupied.remove(slot.run.jobId());
        slot.timeout.cancel();
        setting.nodeSlots().release();
    }

    private PayloadException unknown(Attempt attempt) {
        return new PayloadException("Job type \"" + attempt.type() + "\" has no handler on node " + setting.node()
                + "; register one, or let nodes that have it serve queue \"" + attempt.queue() + "\"");
    }

    /** Stands in until the handler's task exists. */
    private static final class Unstarted implements Timeline.Task {
        @Override
        public void interrupt() {}

        @Override
        public boolean ended() {
            return false;
        }
    }
}
