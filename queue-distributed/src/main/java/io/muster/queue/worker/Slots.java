package io.muster.queue.worker;

import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.job.AttemptOptions;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobType;
import io.muster.queue.job.PayloadException;
import io.muster.queue.job.Precedence;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots of a pool: starts handlers, times them out, and replaces those that ignore their interrupt, so that they do not block the pool
 * (K3). Owned by the pool's loop, but for what
 * it shows of running jobs.
 */
final class Slots {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(5);
    private static final Duration MOST_HOOK_TIME = Duration.ofMinutes(1);

    private final PoolSetting setting;
    private final Loop loop;
    private final Timeline timeline;
    private final EndListener onEnd;
    private final Map<String, Occupied> occupied = new ConcurrentHashMap<>();
    private final HandlerRun.Surroundings surroundings;
    private int stuck;
    private int reserved;
    private boolean waitingForNode;

    /** Receives how an attempt ended, on the loop, after its slot was freed. */
    interface EndListener {
        void ended(Attempt attempt, Outcome outcome, long ranNanos);
    }

    /** What has become of a slot's handler. */
    private enum Handling {
        RUNNING,
        RETURNED,
        /** It was interrupted and may still run, without its slot. */
        LEFT
    }

    private static final class Occupied {
        final HandlerRun run;
        final JobCall<?> call;
        final long startedNanos;
        Handling handler = Handling.RUNNING;
        Timeline.Task task = new Unstarted();
        Loop.Timer timer = () -> {};

        Occupied(HandlerRun run, JobCall<?> call, long startedNanos) {
            this.run = run;
            this.call = call;
            this.startedNanos = startedNanos;
        }
    }

    Slots(PoolSetting setting, Loop loop, EndListener onEnd) {
        this.setting = setting;
        this.loop = loop;
        this.timeline = setting.timeline();
        this.onEnd = onEnd;
        this.surroundings = new HandlerRun.Surroundings(
                setting.node(),
                setting.trusted(),
                setting.types().supplies(),
                timeline,
                setting.ledger().watch());
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
            JobType<?> type = setting.types()
                    .named(attempt.type())
                    .filter(known -> setting.types().handled().contains(known.name()))
                    .orElseThrow(() -> unknown(attempt));
            JobEnvelope envelope = JobEnvelope.read(attempt.payload());
            AttemptOptions options = Precedence.atAttempt(
                    envelope.options(), type, setting.options().jobDefaults());
            start(new HandlerRun(attempt, options, surroundings), JobCall.of(setting.types(), type, envelope));
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

    /** What runs at this moment; from any thread. */
    List<RunningJob> runningJobs() {
        long now = timeline.ticker().nanos();
        return occupied.values().stream()
                .map(slot -> new RunningJob(
                        slot.run.jobId(),
                        slot.run.type(),
                        slot.run.queue(),
                        slot.run.attempt(),
                        Duration.ofNanos(now - slot.startedNanos),
                        slot.run.progress(),
                        slot.run.tags()))
                .toList();
    }

    PoolStats stats(PoolStats.Status status) {
        return setting.ledger().stats(status, setting.options().concurrency(), occupied.size(), stuck);
    }

    private void start(HandlerRun run, JobCall<?> call) {
        Occupied slot = new Occupied(run, call, timeline.ticker().nanos());
        occupied.put(run.jobId(), slot);
        setting.ledger().started();
        slot.timer = loop.schedule(run.options().timeout(), () -> timedOut(slot));
        slot.task = timeline.start(setting.node() + "-" + run.type(), () -> {
            long begun = timeline.ticker().nanos();
            Outcome outcome = call.run(run);
            long ran = timeline.ticker().nanos() - begun;
            loop.post(() -> returned(slot, outcome, ran));
        });
    }

    private void returned(Occupied slot, Outcome outcome, long ranNanos) {
        if (slot.handler == Handling.LEFT) {
            stuck--;
            return;
        }
        slot.handler = Handling.RETURNED;
        conclude(slot, outcome, slot.run.cause(), ranNanos);
    }

    private void timedOut(Occupied slot) {
        if (isCurrent(slot) && slot.handler == Handling.RUNNING) {
            leave(slot);
            Outcome outcome = Verdict.timedOut(
                    slot.run.options(),
                    slot.run.taken().counters(),
                    timeline.clock().instant());
            conclude(slot, outcome, Optional.empty(), timeline.ticker().nanos() - slot.startedNanos);
        }
    }

    /** A job that failed for good keeps its slot until its failed hook has ended, or has had its time. */
    private void conclude(Occupied slot, Outcome outcome, Optional<Throwable> thrown, long ranNanos) {
        slot.timer.cancel();
        Runnable end = () -> end(slot, outcome, ranNanos);
        if (!(outcome instanceof Settlement.Failed failed)) {
            end.run();
            return;
        }
        slot.timer = loop.schedule(hookTime(slot), () -> {
            slot.task.interrupt();
            end.run();
        });
        slot.task = timeline.start(setting.node() + "-failed-" + slot.run.type(), () -> {
            slot.call.failed(slot.run, JobCall.cause(thrown, failed.reason()));
            loop.post(end);
        });
    }

    private static Duration hookTime(Occupied slot) {
        Duration timeout = slot.run.options().timeout();
        return timeout.compareTo(MOST_HOOK_TIME) < 0 ? timeout : MOST_HOOK_TIME;
    }

    private void end(Occupied slot, Outcome outcome, long ranNanos) {
        if (isCurrent(slot)) {
            free(slot);
            onEnd.ended(slot.run.taken(), outcome, ranNanos);
        }
    }

    private void abandon(Occupied slot) {
        free(slot);
        if (slot.handler == Handling.RUNNING) {
            leave(slot);
        } else {
            slot.task.interrupt();
        }
    }

    /** The handler is told to stop and not waited for. */
    private void leave(Occupied slot) {
        slot.handler = Handling.LEFT;
        stuck++;
        slot.run.end();
        Timeline.Task task = slot.task;
        task.interrupt();
        loop.schedule(INTERRUPT_GRACE, () -> {
            if (!task.ended()) {
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
        slot.timer.cancel();
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
