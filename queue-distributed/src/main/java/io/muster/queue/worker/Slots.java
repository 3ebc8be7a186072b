package io.muster.queue.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.Settlement.Outcome;
import io.muster.queue.worker.Slot.Ended;
import io.muster.queue.worker.Slot.Handling;
import io.muster.queue.worker.Slot.Phase;
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
 * The slots of a pool, and the attempts taken ahead for them: starts handlers, times them out, and replaces those that ignore their
 * interrupt, so that they do not block the pool (K3).
 *
 * <p>{@link Runner}s enter by {@link #begin}, {@link #returned} and {@link #unreadable} and go on with what is ahead by themselves; what
 * ended gathers here until the loop collects it. Everything else belongs to the pool's loop, but for what is shown of running jobs. What
 * both touch is guarded by this object's lock, which is held over no handler and no I/O.
 */
final class Slots {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(5);

    /** A longer timeout means none, and does not fit into nanoseconds. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final PoolSetting setting;
    private final Loop loop;
    private final Timeline timeline;
    private final Runnable onEnded;
    private final Runnable onRested;
    private final HandlerRun.Surroundings surroundings;
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
    private int resting;

    @GuardedBy("this")
    private final Reservations reservations;

    /**
     * {@code onEnded} is posted to the loop when there is something to {@link #collect}, {@code onRested} is called there when a slot has
     * rested.
     */
    Slots(PoolSetting setting, Loop loop, Runnable onEnded, Runnable onRested) {
        this.setting = setting;
        this.loop = loop;
        this.timeline = setting.timeline();
        this.onEnded = onEnded;
        this.onRested = onRested;
        this.surroundings = new HandlerRun.Surroundings(
                setting.node(),
                setting.trusted(),
                setting.types().supplies(),
                timeline,
                setting.ledger().watch());
        this.reservations =
                new Reservations(setting.nodeSlots(), () -> setting.options().concurrency(), loop);
        this.watch = new TimeoutWatch(loop, timeline.ticker(), this::timeOut);
    }

    synchronized int running() {
        return occupied.size();
    }

    /** Slots in which something runs, or which rest. */
    synchronized int busy() {
        return occupied.size() + resting;
    }

    /** How many attempts wait for a slot. */
    synchronized int waiting() {
        return ahead.size();
    }

    /** Nothing runs, and all that ended was collected. */
    synchronized boolean isQuiet() {
        return occupied.isEmpty() && ended.isEmpty();
    }

    /** Something ended and was not collected. */
    synchronized boolean hasEnded() {
        return !ended.isEmpty();
    }

    /** How many run, wait, or ended and were not collected. */
    synchronized int held() {
        return occupied.size() + ahead.size() + ended.size();
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
     * node is full, {@code whenFree} is called on the loop later.
     */
    synchronized int reserve(int most, Runnable whenFree) {
        return reservations.keep(most, occupied.size() + resting, () -> {
            nodeHasSlots();
            whenFree.run();
        });
    }

    private synchronized void nodeHasSlots() {
        reservations.nodeHasSlots();
    }

    /** Frees what was kept and not used. */
    void cancelReservations() {
        int unused;
        synchronized (this) {
            unused = reservations.cancel();
        }
        for (; unused > 0; unused--) {
            setting.nodeSlots().release();
        }
    }

    /** Puts attempts behind those that wait for a slot; {@link #fill} begins them. */
    synchronized void add(List<Attempt> taken) {
        ahead.addAll(taken);
    }

    /** What waited for a slot and does no more. */
    synchronized List<Attempt> dropAhead() {
        List<Attempt> dropped = List.copyOf(ahead);
        ahead.clear();
        return dropped;
    }

    /** Begins what waits in what is free, while the session is trusted. */
    void fill(Runnable whenFree) {
        for (Optional<Slot> slot = next(whenFree); slot.isPresent(); slot = next(whenFree)) {
            slot.get().runner.start(slot.get());
        }
    }

    /** Takes a free slot for what waits first, whose runner is still to be started; empty if there is none or nothing waits. */
    synchronized Optional<Slot> next(Runnable whenFree) {
        if (!mayBegin() || reserve(1, whenFree) == 0) {
            return Optional.empty();
        }
        reservations.use();
        return Optional.of(occupy(new Runner(setting, this, surroundings)));
    }

    @GuardedBy("this")
    private boolean mayBegin() {
        return !ahead.isEmpty() && setting.trusted().getAsBoolean();
    }

    @GuardedBy("this")
    private Slot occupy(Runner runner) {
        Slot slot = new Slot(ahead.removeFirst(), runner);
        occupied.put(slot.jobId(), slot);
        return slot;
    }

    /** What has ended since the last call. */
    synchronized List<Ended> collect() {
        if (ended.isEmpty()) {
            return List.of();
        }
        List<Ended> collected = ended;
        ended = new ArrayList<>();
        return collected;
    }

    /** Interrupts all running handlers and frees their slots; answers whose attempts they were. */
    List<Attempt> interruptAll() {
        List<Slot> all;
        List<Slot> left = new ArrayList<>();
        synchronized (this) {
            all = List.copyOf(occupied.values());
            occupied.clear();
            for (Slot slot : all) {
                slot.hook.ifPresent(FailedHook::cancel);
                if (slot.phase == Phase.BEGINNING || slot.phase == Phase.RUNNING) {
                    leave(slot);
                    left.add(slot);
                }
            }
        }
        all.forEach(slot -> setting.nodeSlots().release());
        left.forEach(this::interrupt);
        return all.stream().map(slot -> slot.attempt).toList();
    }

    /** What runs at this moment; from any thread. */
    List<RunningJob> runningJobs() {
        long now = timeline.ticker().nanos();
        List<Handling> handlings;
        synchronized (this) {
            handlings = occupied.values().stream()
                    .flatMap(slot -> slot.handling.stream())
                    .toList();
        }
        return handlings.stream().map(handling -> shown(handling, now)).toList();
    }

    private static RunningJob shown(Handling handling, long now) {
        HandlerRun run = handling.run();
        return new RunningJob(
                run.jobId(),
                run.type(),
                run.queue(),
                run.attempt(),
                Duration.ofNanos(now - handling.beganNanos()),
                run.progress(),
                run.tags());
    }

    synchronized PoolStats stats(PoolStats.Status status) {
        return setting.ledger().stats(status, setting.options().concurrency(), occupied.size(), stuck);
    }

    /** By a runner before it calls the handler: whether the slot is still the attempt's. From now on its timeout counts. */
    boolean begin(Slot slot, HandlerRun run, JobCall<?> call) {
        long now = timeline.ticker().nanos();
        Duration timeout = run.options().timeout();
        long timeoutAt = now + (timeout.compareTo(NEVER) < 0 ? timeout : NEVER).toNanos();
        synchronized (this) {
            if (slot.phase == Phase.LEFT) {
                stuck--;
                return false;
            }
            slot.phase = Phase.RUNNING;
            slot.handling = Optional.of(new Handling(run, call, now, timeoutAt));
        }
        setting.ledger().started();
        if (setting.options().is(PoolOptions.Trait.VERBOSE)) {
            LOG.info("Begins job={} type={} queue={} attempt={}", run.jobId(), run.type(), run.queue(), run.attempt());
        }
        watch.by(timeoutAt);
        return true;
    }

    /** By a runner whose handler has returned: what it runs next. An error is no thing to go on after. */
    Optional<Slot> returned(Slot slot, Outcome outcome, Optional<Throwable> thrown, long ranNanos) {
        if (outcome instanceof Settlement.Failed failed) {
            synchronized (this) {
                if (slot.phase == Phase.LEFT) {
                    stuck--;
                    return Optional.empty();
                }
                slot.phase = Phase.RETURNED;
            }
            loop.post(() -> conclude(slot, failed, thrown, ranNanos));
            return Optional.empty();
        }
        boolean sound = thrown.filter(Error.class::isInstance).isEmpty();
        return goOn(slot, slot.ended(outcome, ranNanos), sound);
    }

    /** By a runner that cannot read its job: what it runs next. */
    Optional<Slot> unreadable(Slot slot, Settlement.Failed failed, boolean sound) {
        return goOn(slot, slot.unreadable(failed, timeline.clock().instant()), sound);
    }

    /** In the same slot of the node, unless another pool waits for it. */
    private Optional<Slot> goOn(Slot slot, Ended end, boolean sound) {
        Optional<Slot> next = Optional.empty();
        synchronized (this) {
            if (slot.phase == Phase.LEFT) {
                stuck--;
                return next;
            }
            occupied.remove(slot.jobId());
            boolean surplus = occupied.size() >= setting.options().concurrency();
            if (sound
                    && mayBegin()
                    && !surplus
                    && !rests()
                    && !setting.nodeSlots().isWaitedFor()) {
                next = Optional.of(occupy(slot.runner));
            }
            if (next.isEmpty()) {
                rest();
            }
            end(end);
        }
        if (next.isEmpty()) {
            setting.nodeSlots().release();
        }
        return next;
    }

    private boolean rests() {
        return !setting.options().rest().isZero();
    }

    /** Each slot that becomes free rests first. */
    @GuardedBy("this")
    private void rest() {
        if (rests()) {
            resting++;
            loop.post(() -> loop.schedule(setting.options().rest(), () -> {
                synchronized (this) {
                    resting--;
                }
                onRested.run();
            }));
        }
    }

    @GuardedBy("this")
    private void end(Ended end) {
        ended.add(end);
        if (ended.size() == 1) {
            loop.post(onEnded);
        }
    }

    private void timeOut() {
        long now = timeline.ticker().nanos();
        long nearest = Long.MAX_VALUE;
        List<Slot> late = new ArrayList<>();
        synchronized (this) {
            for (Slot slot : occupied.values()) {
                if (slot.phase == Phase.RUNNING) {
                    long time = slot.handling.orElseThrow().timeoutAtNanos() - now;
                    if (time <= 0) {
                        leave(slot);
                        late.add(slot);
                    } else {
                        nearest = Math.min(nearest, time);
                    }
                }
            }
        }
        if (nearest < Long.MAX_VALUE) {
            watch.by(now + nearest);
        }
        late.forEach(slot -> timedOut(slot, now));
    }

    private void timedOut(Slot slot, long now) {
        interrupt(slot);
        Handling handling = slot.handling.orElseThrow();
        Outcome outcome = Verdict.timedOut(
                handling.run().options(),
                slot.attempt.counters(),
                timeline.clock().instant());
        long ran = now - handling.beganNanos();
        if (outcome instanceof Settlement.Failed failed) {
            conclude(slot, failed, Optional.empty(), ran);
        } else {
            free(slot, slot.ended(outcome, ran));
        }
    }

    /** A job that failed for good keeps its slot until its failed hook has ended, or has had its time. */
    private void conclude(Slot slot, Settlement.Failed failed, Optional<Throwable> thrown, long ranNanos) {
        Ended end = slot.ended(failed, ranNanos);
        synchronized (this) {
            if (isCurrent(slot)) {
                slot.hook = Optional.of(FailedHook.start(
                        setting, loop, slot.handling.orElseThrow(), failed, thrown, () -> free(slot, end)));
            }
        }
    }

    private void free(Slot slot, Ended end) {
        synchronized (this) {
            if (!isCurrent(slot)) {
                return;
            }
            occupied.remove(slot.jobId());
            slot.hook.ifPresent(FailedHook::close);
            rest();
            end(end);
        }
        setting.nodeSlots().release();
    }

    /** The handler is told to stop and not waited for. */
    @GuardedBy("this")
    private void leave(Slot slot) {
        slot.phase = Phase.LEFT;
        stuck++;
        slot.handling.ifPresent(handling -> handling.run().end());
    }

    private void interrupt(Slot slot) {
        slot.runner.interrupt();
        loop.schedule(INTERRUPT_GRACE, () -> {
            if (!slot.runner.ended()) {
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
}
