package io.muster.queue.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots of a pool, and the attempts taken ahead for them: runs handlers, times them out, and replaces those that ignore their interrupt, so
 * that they do not block the pool (K3).
 *
 * <p>A task that has run an attempt goes on with the next one taken ahead by itself, and what ended gathers here until the loop collects
 * it: handing each job from thread to thread would cost more than most jobs. Public to the pool's loop only; tasks enter through {@link
 * #work}. What both touch is guarded by this object's lock, which is held over no handler and no I/O.
 */
final class Slots {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(5);

    private final PoolSetting setting;
    private final Loop loop;
    private final Timeline timeline;
    private final Runnable onEnded;
    private final String taskName;
    private final TimeoutWatch watch;

    @GuardedBy("this")
    private final Map<String, Slot> occupied = new HashMap<>();

    @GuardedBy("this")
    private final Deque<Attempt> ahead = new ArrayDeque<>();

    @GuardedBy("this")
    private List<Ended> ended = new ArrayList<>();

    @GuardedBy("this")
    private int stuck;

    @GuardedBy("this")
    private int reserved;

    @GuardedBy("this")
    private boolean waitingForNode;

    /** An attempt that ended, and for how long its handler ran. */
    record Ended(Attempt attempt, Outcome outcome, long ranNanos) {}

    /** @param onEnded posted to the loop when there is something to {@link #collect} */
    Slots(PoolSetting setting, Loop loop, Runnable onEnded) {
        this.setting = setting;
        this.loop = loop;
        this.timeline = setting.timeline();
        this.onEnded = onEnded;
        this.taskName = setting.node() + "-" + setting.options().name();
        this.watch = new TimeoutWatch(loop, timeline.ticker(), this::timeOut);
    }

    synchronized int running() {
        return occupied.size();
    }

    synchronized int waiting() {
        return ahead.size();
    }

    /** Something ended and was not collected. */
    synchronized boolean hasEnded() {
        return !ended.isEmpty();
    }

    /** Nothing runs, and what ended was collected. */
    synchronized boolean isQuiet() {
        return occupied.isEmpty() && ended.isEmpty();
    }

    /** Ids of what runs, waits, or ended and was not collected. */
    synchronized Set<String> jobIds() {
        Set<String> ids = new HashSet<>(occupied.keySet());
        ahead.forEach(attempt -> ids.add(attempt.token().jobId()));
        ended.forEach(end -> ids.add(end.attempt().token().jobId()));
        return ids;
    }

    synchronized boolean isAhead(Attempt attempt) {
        return ahead.contains(attempt);
    }

    /**
     * Keeps up to {@code most} free slots of the pool and of the node for attempts to come; answers how many are kept now. If only the
     * node is full, {@code whenFree} is posted to the loop later.
     */
    synchronized int reserve(int most, Runnable whenFree) {
        while (reserved < most && tryReserve(whenFree)) {
            reserved++;
        }
        return reserved;
    }

    /** Frees what was kept and not used. */
    void cancelReservations() {
        int unused;
        synchronized (this) {
            unused = reserved;
            reserved = 0;
        }
        for (; unused > 0; unused--) {
            setting.nodeSlots().release();
        }
    }

    @GuardedBy("this")
    private boolean tryReserve(Runnable whenFree) {
        if (occupied.size() + reserved >= setting.options().concurrency() || waitingForNode) {
            return false;
        }
        boolean acquired = setting.nodeSlots()
                .tryAcquire(() -> loop.post(() -> {
                    nodeHasSlots();
                    whenFree.run();
                }));
        waitingForNode = !acquired;
        return acquired;
    }

    private synchronized void nodeHasSlots() {
        waitingForNode = false;
    }

    /** Puts attempts behind those that wait for a slot; {@link #fill} begins them. */
    synchronized void add(List<Attempt> taken) {
        ahead.addAll(taken);
    }

    /** What waited for a slot, and does no more. */
    synchronized List<Attempt> dropAhead() {
        List<Attempt> dropped = List.copyOf(ahead);
        ahead.clear();
        return dropped;
    }

    /** Begins what waits in what is free. */
    void fill(Runnable whenFree) {
        for (Optional<Slot> slot = next(whenFree); slot.isPresent(); slot = next(whenFree)) {
            Slot first = slot.get();
            first.runner.task = timeline.start(taskName, () -> work(first));
        }
    }

    private synchronized Optional<Slot> next(Runnable whenFree) {
        if (ahead.isEmpty() || reserve(1, whenFree) == 0) {
            return Optional.empty();
        }
        reserved--;
        return Optional.of(occupy(new Slot.Runner()));
    }

    @GuardedBy("this")
    private Slot occupy(Slot.Runner runner) {
        Slot slot = new Slot(ahead.removeFirst(), runner);
        occupied.put(slot.jobId(), slot);
        return slot;
    }

    /** What has ended since the last call. */
    synchronized List<Ended> collect() {
        List<Ended> collected = ended;
        ended = new ArrayList<>();
        return collected;
    }

    /** Interrupts all running handlers and frees their slots; answers whose attempts they were. */
    List<Attempt> interruptAll() {
        List<Slot> running;
        synchronized (this) {
            running = List.copyOf(occupied.values());
            running.forEach(this::abandon);
        }
        running.forEach(this::interrupt);
        return running.stream().map(slot -> slot.attempt).toList();
    }

    synchronized PoolStats stats(PoolStats.Status status) {
        return setting.ledger().stats(status, setting.options().concurrency(), occupied.size(), stuck);
    }

    /** The body of a task. */
    private void work(Slot first) {
        Optional<Slot> next = workOn(first);
        while (next.isPresent()) {
            Thread.interrupted(); // What a handler left is not for the next one.
            next = workOn(next.get());
        }
    }

    private Optional<Slot> workOn(Slot slot) {
        Attempt attempt = slot.attempt;
        try {
            JobEnvelope envelope = JobEnvelope.read(attempt.payload());
            JobType<?> type = setting.types().named(attempt.type()).orElseThrow(() -> unknown(attempt));
            Handler<?> handler = setting.types().handler(attempt.type()).orElseThrow(() -> unknown(attempt));
            return call(slot, envelope, type, handler);
        } catch (PayloadException e) {
            LOG.warn(
                    "Job cannot be read; it fails and is kept job={} type={} reason={}",
                    attempt.token().jobId(),
                    attempt.type(),
                    e.getMessage());
            return returned(slot, new Settlement.Failed(String.valueOf(e.getMessage()), "", Settlement.Why.ASKED), 0);
        }
    }

    // The handler and the type were registered together, by JobTypes.Builder.register.
    @SuppressWarnings("unchecked")
    private Optional<Slot> call(Slot slot, JobEnvelope envelope, JobType<?> type, Handler<?> handler) {
        Object job = envelope.job(type);
        HandlerRun run = new HandlerRun(slot.attempt, envelope.options(), setting.node(), setting.trusted(), timeline);
        if (begin(slot, run)) {
            setting.ledger().started();
            long begun = timeline.ticker().nanos();
            Outcome outcome = run.call((Handler<Object>) handler, job);
            return returned(slot, outcome, timeline.ticker().nanos() - begun);
        }
        return returned(slot, new Settlement.Returned(), 0);
    }

    /** Whether the slot is still the attempt's. */
    private boolean begin(Slot slot, HandlerRun run) {
        long timeoutAtNanos =
                timeline.ticker().nanos() + run.options().timeout().toNanos();
        synchronized (this) {
            if (!isCurrent(slot)) {
                return false;
            }
            slot.run = Optional.of(run);
            slot.timeoutAtNanos = timeoutAtNanos;
        }
        watch.by(timeoutAtNanos);
        return true;
    }

    /** Answers what the same task runs next, in the same slot of the node unless another pool waits for it. */
    private Optional<Slot> returned(Slot slot, Outcome outcome, long ranNanos) {
        Optional<Slot> next = Optional.empty();
        synchronized (this) {
            if (!isCurrent(slot)) {
                stuck--;
                return next;
            }
            occupied.remove(slot.jobId());
            if (!ahead.isEmpty() && !setting.nodeSlots().isWaitedFor()) {
                next = Optional.of(occupy(slot.runner));
            }
            end(slot, outcome, ranNanos);
        }
        if (next.isEmpty()) {
            setting.nodeSlots().release();
        }
        return next;
    }

    @GuardedBy("this")
    private void end(Slot slot, Outcome outcome, long ranNanos) {
        ended.add(new Ended(slot.attempt, outcome, ranNanos));
        if (ended.size() == 1) {
            loop.post(onEnded);
        }
    }

    private void timeOut() {
        long now = timeline.ticker().nanos();
        List<Slot> late = new ArrayList<>();
        synchronized (this) {
            long next = Long.MAX_VALUE;
            for (Slot slot : List.copyOf(occupied.values())) {
                if (slot.run.isPresent() && slot.timeoutAtNanos - now <= 0) {
                    late.add(slot);
                    abandon(slot);
                    HandlerRun run = slot.run.get();
                    Outcome outcome = Verdict.timedOut(
                            run.options(),
                            slot.attempt.counters(),
                            timeline.clock().instant());
                    end(slot, outcome, run.options().timeout().toNanos());
                } else if (slot.run.isPresent()) {
                    next = Math.min(next, slot.timeoutAtNanos - now);
                }
            }
            if (next < Long.MAX_VALUE) {
                watch.by(now + next);
            }
        }
        late.forEach(this::interrupt);
    }

    @GuardedBy("this")
    private void abandon(Slot slot) {
        occupied.remove(slot.jobId());
        stuck++;
        slot.run.ifPresent(HandlerRun::end);
    }

    private void interrupt(Slot slot) {
        setting.nodeSlots().release();
        slot.runner.task.interrupt();
        loop.schedule(INTERRUPT_GRACE, () -> {
            if (!slot.runner.task.ended()) {
                LOG.warn(
                        "Handler ignores its interrupt; its slot was replaced job={} type={} node={}",
                        slot.jobId(),
                        slot.attempt.type(),
                        setting.node());
            }
        });
    }

    @GuardedBy("this")
    private boolean isCurrent(Slot slot) {
        return occupied.get(slot.jobId()) == slot;
    }

    private PayloadException unknown(Attempt attempt) {
        return new PayloadException("Job type \"" + attempt.type() + "\" has no handler on node " + setting.node()
                + "; register one, or let nodes that have it serve queue \"" + attempt.queue() + "\"");
    }
}
