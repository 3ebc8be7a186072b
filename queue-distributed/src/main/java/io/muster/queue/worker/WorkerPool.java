package io.muster.queue.worker;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one pool during one incarnation of its node: takes what was assigned, runs it in slots, settles. Everything here
 * happens on the pool's loop; public methods only post to it.
 *
 * <p>Idle, it asks the store nothing but a slow backstop; it is woken by the store's hint. Busy, one round trip settles what
 * has ended and takes what free slots begin at once, back to back; what is assigned beyond that stays with the store until a slot is
 * free. Only of handlers that do next to nothing it takes a group ahead ({@link Prefetch}), and settles them together; those that
 * find no slot within a tenth of a second are given back, so that none waits behind a long one.
 */
public final class WorkerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final Duration LONGEST_WAIT_FOR_SLOT = Duration.ofMillis(100);
    private static final Duration GATHER = Duration.ofMillis(5);
    private static final int SETTLE_TOGETHER = 200;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int BACKSTOPS_PER_INVENTORY = 10;
    /** So many backstops that bring nothing, and the next ones come more slowly. */
    private static final int BACKSTOPS_UNTIL_QUIET = 3;

    private static final Duration STORE_GRACE = Duration.ofSeconds(2);

    private final PoolSetting setting;
    private final Loop loop;
    private final Timeline timeline;
    private final Courier courier;
    private final Slots slots;
    private final Prefetch prefetch = new Prefetch();
    private final Pulse pulse;
    private Subscription hints = () -> {};
    private final Set<PausedBy> reasons = EnumSet.noneOf(PausedBy.class);
    private Mode mode = Mode.RUNNING;
    private boolean askPosted;
    private boolean gathering;
    private boolean pausedByOutage;
    private boolean hinted = true;
    private int waiting;
    private boolean worked;
    private int idleBackstops;
    private long inventoryNanos;
    private Runnable whenDrained = () -> {};
    private volatile PoolStats stats;
    private volatile Optional<Long> silentSinceNanos = Optional.empty();

    /** Why a pool is paused. */
    public enum PausedBy {
        /** Its node is paused. */
        NODE,
        /** The cluster is in maintenance. K6 */
        MAINTENANCE
    }

    private enum Mode {
        RUNNING,
        PAUSED,
        DRAINING,
        STOPPED
    }

    public WorkerPool(PoolSetting setting) {
        this.setting = setting;
        this.timeline = setting.timeline();
        String name = setting.node() + "-pool-" + setting.options().name();
        this.loop = timeline.loop(name);
        this.courier = new Courier(
                setting.desk(), setting.incarnation(), setting.options().name());
        this.slots = new Slots(setting, loop, this::collect, this::rested);
        this.pulse = new Pulse(loop);
        this.stats = slots.stats(PoolStats.Status.RUNNING);
    }

    /** Begins to take and run. Call once. */
    public void start() {
        inventoryNanos = timeline.ticker().nanos();
        hints = setting.desk().onAssigned(setting.incarnation(), () -> loop.post(this::hint));
        loop.post(this::ask);
        loop.schedule(setting.options().sleep(), this::backstop);
        setting.stint()
                .timeLeft()
                .ifPresent(left -> loop.schedule(left.isNegative() ? Duration.ZERO : left, this::isOver));
    }

    /** Takes nothing more until {@link #resume} for the same reason; what runs goes on, what was taken ahead is given back. */
    public void pause(PausedBy reason) {
        loop.post(() -> {
            reasons.add(reason);
            if (mode == Mode.RUNNING) {
                mode = Mode.PAUSED;
                giveBackAhead();
                askSoon();
            }
            publish();
        });
    }

    public void resume(PausedBy reason) {
        loop.post(() -> {
            reasons.remove(reason);
            if (mode == Mode.PAUSED && reasons.isEmpty()) {
                mode = Mode.RUNNING;
                hint();
            }
            publish();
        });
    }

    /** Its options have changed: more slots are filled, of fewer the surplus end with what they run. */
    public void optionsChanged() {
        loop.post(() -> {
            fillSlots();
            hint();
        });
    }

    /** Takes nothing more, gives back what has not begun, finishes what runs however long that takes; calls {@code done} then. */
    public void finish(Runnable done) {
        loop.post(() -> beginToEnd(done));
    }

    /**
     * Takes nothing more, gives back what has not begun, lets what runs end within {@code grace}, then interrupts the rest and gives it back
     * without counting an attempt. Calls {@code done} when nothing is left, or two seconds after the grace if the store is silent.
     */
    public void drain(Duration grace, Runnable done) {
        loop.post(() -> {
            if (mode != Mode.STOPPED) {
                loop.schedule(grace, () -> slots.interruptAll()
                        .forEach(attempt -> settle(attempt, new Settlement.Returned())));
                loop.schedule(grace.plus(STORE_GRACE), this::drained);
            }
            beginToEnd(done);
        });
    }

    private void beginToEnd(Runnable done) {
        if (mode == Mode.STOPPED) {
            done.run();
            return;
        }
        Runnable others = whenDrained;
        whenDrained = () -> {
            others.run();
            done.run();
        };
        if (mode != Mode.DRAINING) {
            mode = Mode.DRAINING;
            setting.ledger().watch().stopping(setting.options().name());
            giveBackAhead();
        }
        publish();
        askSoon();
    }

    /** Whether its limits say that it takes nothing more; then it ends. */
    private boolean isOver() {
        if (mode != Mode.RUNNING && mode != Mode.PAUSED) {
            return true;
        }
        Optional<String> why = setting.stint().over(setting.options().sleep());
        why.ifPresent(reason -> {
            LOG.info(
                    "Pool ends by its own limit pool={} node={} reason={}",
                    setting.options().name(),
                    setting.node(),
                    reason);
            beginToEnd(setting.ended());
        });
        return why.isPresent();
    }

    /** The session is lost: takes nothing more; interrupts what runs, or lets it finish, by setting (C12). Its settlements may be refused. */
    public void sessionLost(OnSessionLost choice) {
        loop.post(() -> stop(choice));
    }

    /** What the pool is doing; a value published by the loop after each change. */
    public PoolStats stats() {
        return stats;
    }

    /** What runs at this moment. */
    public List<RunningJob> runningJobs() {
        return slots.runningJobs();
    }

    /** Grows from one call to a later one if the loop has had a turn between them: while it stands still the pool is wedged. */
    public long turns() {
        return pulse.turns();
    }

    /** Since when, on the monotonic clock, the pool asks the store without an answer, also while a call waits; empty if it has answered all. */
    public Optional<Long> storeSilentSinceNanos() {
        return silentSinceNanos;
    }

    /** Stops at once: interrupts what runs and settles nothing more. */
    @Override
    public void close() {
        hints.close();
        loop.close();
        slots.interruptAll();
    }

    private void hint() {
        hinted = true;
        askSoon();
    }

    private void backstop() {
        if (mode != Mode.STOPPED) {
            isOver();
            long now = timeline.ticker().nanos();
            Duration pace = setting.options().sleep();
            if (now - inventoryNanos
                    >= pace.multipliedBy(BACKSTOPS_PER_INVENTORY).toNanos()) {
                inventoryNanos = now;
                courier.takeInventory();
            }
            hint();
            idleBackstops++;
            boolean quiet = idleBackstops > BACKSTOPS_UNTIL_QUIET;
            loop.schedule(quiet ? setting.quietBackstop().get() : pace, this::backstop);
        }
    }

    /** While the store is silent only the retry asks, whatever else happens here. */
    private void askSoon() {
        if (!askPosted && !pausedByOutage) {
            askPosted = true;
            loop.post(this::ask);
        }
    }

    private void ask() {
        askPosted = false;
        if (gather() > 0) {
            fillSlots();
        }
        int take = !isOver() && (hinted || waiting > 0) ? reserve() : 0;
        if (!courier.hasNews() && take == 0) {
            settledDown();
            return;
        }
        if (silentSinceNanos.isEmpty()) {
            silentSinceNanos = Optional.of(timeline.ticker().nanos());
        }
        hinted &= take == 0;
        if (take > 0) {
            setting.ledger()
                    .watch()
                    .looping(setting.options().name(), setting.options().queues());
        }
        boolean inventory = courier.takesInventory();
        setting.stint().asks(slots.held() + courier.kept(), take);
        Optional<ExchangeReply> reply;
        try {
            reply = courier.trip(take, slots::jobIds, this::settled);
        } catch (IncarnationBuriedException e) {
            slots.cancelReservations();
            buried();
            return;
        }
        if (reply.isEmpty()) {
            slots.cancelReservations();
            hinted = true;
            askAfterOutage();
            return;
        }
        silentSinceNanos = Optional.empty();
        setting.stint().took(reply.get().taken().size());
        if (inventory && setting.stint().counts()) {
            hint(); // It reserved nothing: whether there is something is still to be found out.
        }
        boolean nothing = take > 0 && !inventory && reply.get().waiting() == 0;
        if (nothing && reply.get().taken().isEmpty() && slots.isQuiet() && !courier.hasNews()) {
            setting.stint().foundNothing();
            isOver();
        }
        took(reply.get(), take);
    }

    /** Keeps slots for what will be taken, so that it begins at once; answers how much that may be. */
    private int reserve() {
        if (room() == 0) {
            return 0;
        }
        int begin = slots.reserve(setting.options().concurrency() - slots.busy(), this::slotsAreFree);
        boolean noSlotAtAll = begin == 0 && slots.running() == 0;
        int take = noSlotAtAll ? 0 : Math.max(0, begin + beyond() - slots.waiting());
        return Math.min(take, setting.stint().left());
    }

    /** Jobs that are counted, or between which it rests, begin one by one. */
    private int beyond() {
        PoolOptions options = setting.options();
        return setting.stint().counts() || !options.rest().isZero() ? 0 : prefetch.beyond(options.concurrency());
    }

    /** Other pools of the node had all its slots. */
    private void slotsAreFree() {
        fillSlots();
        askSoon();
    }

    private void rested() {
        fillSlots();
        hint();
    }

    private void askAfterOutage() {
        pausedByOutage = true;
        loop.schedule(courier.pauseAfterFailure(timeline.random()), () -> {
            pausedByOutage = false;
            askSoon();
        });
    }

    private void buried() {
        silentSinceNanos = Optional.empty();
        courier.forget();
        if (mode != Mode.STOPPED) {
            setting.buried().run();
        }
        stop(OnSessionLost.INTERRUPT);
    }

    private void took(ExchangeReply reply, int take) {
        waiting = reply.waiting();
        if (!reply.taken().isEmpty()) {
            worked = true;
            idleBackstops = 0;
        }
        slots.add(reply.taken());
        fillSlots();
        slots.cancelReservations();
        if (slots.waiting() > 0 && !reply.taken().isEmpty()) {
            Attempt last = reply.taken().get(reply.taken().size() - 1);
            loop.schedule(LONGEST_WAIT_FOR_SLOT, () -> giveBackIfStillAhead(last));
        }
        boolean perhapsMore = waiting > 0 || (take > 0 && reply.taken().size() == take);
        hinted |= perhapsMore;
        if (courier.hasNews() || (perhapsMore && room() > 0)) {
            askSoon();
        } else {
            settledDown();
        }
    }

    private void settledDown() {
        boolean free = slots.busy() + slots.waiting() < setting.options().concurrency();
        boolean allTold =
                !courier.hasNews() && !slots.hasEnded(); // The leader counts what is not settled as held here.
        if (worked && free && allTold && waiting == 0 && mode == Mode.RUNNING) {
            worked = false;
            setting.hungry().run();
        }
        if (slots.isQuiet() && !courier.hasNews() && (mode == Mode.DRAINING || mode == Mode.STOPPED)) {
            drained();
        }
        publish();
    }

    private void drained() {
        if (!slots.isQuiet() && mode == Mode.STOPPED) {
            return;
        }
        mode = Mode.STOPPED;
        hints.close();
        Runnable done = whenDrained;
        whenDrained = () -> {};
        publish();
        done.run();
    }

    private int room() {
        if (mode != Mode.RUNNING || !setting.trusted().getAsBoolean()) {
            return 0;
        }
        return Math.max(0, setting.options().concurrency() + beyond() - slots.busy() - slots.waiting());
    }

    private void fillSlots() {
        if (mode == Mode.RUNNING || mode == Mode.PAUSED) {
            slots.fill(this::slotsAreFree);
        }
        publish();
    }

    /** Some attempts have ended. */
    private void collect() {
        if (gather() > 0) {
            fillSlots();
            settleSoon();
        }
    }

    /** Hands what has ended to the courier; answers how much that was. */
    private int gather() {
        List<Slot.Ended> ended = slots.collect();
        for (Slot.Ended end : ended) {
            prefetch.ran(end.ranNanos());
            if (setting.options().is(PoolOptions.Trait.VERBOSE)) {
                LOG.info(
                        "Ended job={} type={} outcome={} ran={}ms",
                        end.attempt().token().jobId(),
                        end.attempt().type(),
                        end.outcome().getClass().getSimpleName(),
                        end.ranNanos() / NANOS_PER_MILLI);
            }
            courier.add(end.attempt(), end.outcome());
        }
        return ended.size();
    }

    private void settle(Attempt attempt, Settlement.Outcome outcome) {
        courier.add(attempt, outcome);
        settleSoon();
    }

    /** While jobs taken ahead go through the slots, their settlements gather for one trip. */
    private void settleSoon() {
        if (slots.waiting() == 0 || courier.kept() >= SETTLE_TOGETHER) {
            askSoon();
        } else if (!gathering) {
            gathering = true;
            loop.schedule(GATHER, () -> {
                gathering = false;
                askSoon();
            });
        }
    }

    private void settled(Courier.Ended end, SettleResult result) {
        setting.ledger().settled(end.attempt(), end.settlement().outcome(), result);
    }

    private void giveBackAhead() {
        List<Attempt> ahead = slots.dropAhead();
        ahead.forEach(attempt -> courier.add(attempt, new Settlement.Returned()));
        setting.stint().gaveBack(ahead.size());
    }

    private void giveBackIfStillAhead(Attempt last) {
        if (slots.isAhead(last)) {
            prefetch.reset();
            giveBackAhead();
            askSoon();
        }
    }

    private void stop(OnSessionLost choice) {
        mode = Mode.STOPPED;
        slots.dropAhead();
        if (choice == OnSessionLost.INTERRUPT) {
            slots.interruptAll();
        }
        askSoon();
    }

    private void publish() {
        boolean maintained = mode == Mode.PAUSED && !reasons.contains(PausedBy.NODE);
        stats = slots.stats(maintained ? PoolStats.Status.MAINTENANCE : PoolStats.Status.valueOf(mode.name()));
    }
}
