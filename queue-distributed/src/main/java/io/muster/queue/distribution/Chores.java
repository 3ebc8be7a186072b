package io.muster.queue.distribution;

import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.Distributor.DistributorSetting;
import io.muster.queue.schedule.ScheduleChore;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.Fence;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.TendReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader of the default group does for all groups, each when its time has come: takes back from the lost, makes due jobs ready,
 * relays the outbox, fails what nobody serves, fires schedules, prunes batches. Owned by the leader's loop.
 */
final class Chores {
    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);
    private static final Duration TEND_PACE = Duration.ofMillis(100);
    /** What is due by this node's clock, and not by the store's, which decides, is asked for again after this. */
    private static final Duration STORE_IS_BEHIND = Duration.ofMillis(20);

    private static final Duration TEND_BY_ITSELF = Duration.ofSeconds(30);
    private static final Duration LOOK_FOR_LOST = Duration.ofSeconds(5);
    private static final Duration LOOK_FOR_LOST_IN_QUIET = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration LOOK_FOR_UNSERVED = Duration.ofMinutes(1);
    private static final Duration PRUNE_PACE = Duration.ofMinutes(10);
    private static final int GRACE_IN_TTLS = 2;
    private static final int TEND_LIMIT = 500;
    private static final int RELAY_LIMIT = 100;
    private static final int RELAY_PAGES = 10;
    /** Behind a full head the outbox is not looked through again sooner than this. */
    private static final Duration LOOK_THROUGH_PACE = Duration.ofSeconds(1);

    private final DistributorSetting setting;
    private final LeaderDesk desk;
    private final Timeline timeline;
    private final Undertaker undertaker;
    private final Silences silences;
    private final LifeSigns lifeSigns = new LifeSigns();
    private final ServedTypes served;
    private final ScheduleChore schedules;
    private List<Seat> everySeat = List.of();
    /** Where the next look behind a full head of the outbox begins. */
    private Optional<String> passed = Optional.empty();

    private boolean lookedThrough;
    private long lookedThroughAtNanos;
    private int openings;
    private long lookForLostAtNanos;
    private long tendAtNanos;
    private long tendedAtNanos;
    private long lookForUnservedAtNanos;
    private long pruneAtNanos;

    Chores(DistributorSetting setting) {
        this.setting = setting;
        this.desk = setting.store().leader();
        this.timeline = setting.timeline();
        this.undertaker = new Undertaker(desk, setting.liveIncarnations());
        this.silences = new Silences(setting.patience().multipliedBy(GRACE_IN_TTLS));
        this.served = new ServedTypes(timeline.ticker().nanos());
        this.schedules = new ScheduleChore(
                setting.store().schedules(),
                () -> setting.store().capabilities().mostPushBatch(),
                timeline);
    }

    /** A term begins: all is due. */
    void begin(long nowNanos) {
        lookForLostAtNanos = nowNanos;
        tendAtNanos = nowNanos;
        tendedAtNanos = nowNanos;
        lookForUnservedAtNanos = nowNanos + unservedPace().toNanos();
        pruneAtNanos = nowNanos + PRUNE_PACE.toNanos();
        silences.forget(nowNanos);
        lifeSigns.begin(nowNanos);
        if (relays()) {
            setting.relay().forget();
        }
        lookFromTheHead();
        schedules.begin();
    }

    /** The term is over. */
    void end() {
        if (relays()) {
            setting.relay().end();
        }
    }

    /** All groups of a node share one relay, which the leader of the default one uses. */
    private boolean relays() {
        return setting.group().equals(QueueGroups.DEFAULT);
    }

    /** Pools of live nodes; {@code someLeft} if a node is gone since the last call. */
    void seats(List<Seat> current, boolean someLeft, long nowNanos) {
        served.seen(everySeat, nowNanos);
        everySeat = current;
        served.seen(everySeat, nowNanos);
        silences.seen(everySeat, nowNanos);
        if (someLeft || silences.present()) {
            lookForLostAtNanos = nowNanos;
        }
    }

    /** What each live node published last, by incarnation. */
    void signs(Map<String, LifeSign> signs, long nowNanos) {
        lifeSigns.seen(signs, nowNanos);
    }

    /** Something has changed: what is due is looked for soon. */
    void hint() {
        tendAtNanos = Math.min(tendAtNanos, tendedAtNanos + TEND_PACE.toNanos());
    }

    /** The store says that something has changed. */
    void hintOfStore() {
        schedules.hint();
    }

    /** The store does not answer the leader itself. */
    void storeSilent(long nowNanos) {
        silences.forget(nowNanos);
    }

    /** Does what is due; answers after what time something is due again, at most {@code idle}. */
    Duration round(Fence fence, long startNanos, boolean quiet, Duration idle) {
        if (startNanos - lookForLostAtNanos >= 0) {
            lookForLost(fence, startNanos, quiet);
        }
        if (startNanos - tendAtNanos >= 0) {
            tend(fence, startNanos);
        }
        if (startNanos - lookForUnservedAtNanos >= 0) {
            failUnserved(fence, startNanos);
        }
        if (startNanos - pruneAtNanos >= 0) {
            pruneBatches(startNanos);
        }
        Duration next = shorter(idle, schedules.round(fence));
        next = shorter(next, until(lookForLostAtNanos, startNanos));
        return shorter(next, until(tendAtNanos, startNanos));
    }

    private static Duration until(long atNanos, long nowNanos) {
        return Duration.ofNanos(Math.max(0, atNanos - nowNanos));
    }

    private void pruneBatches(long startNanos) {
        boolean more = setting.store().capabilities().keepsBatches()
                && setting.store()
                                .batches()
                                .prune(BatchAges.DEFAULT, timeline.clock().instant(), TEND_LIMIT)
                        > 0;
        pruneAtNanos = more ? startNanos : startNanos + PRUNE_PACE.toNanos();
    }

    private void lookForLost(Fence fence, long startNanos, boolean quiet) {
        Set<String> missing = lifeSigns.missing(startNanos);
        if (!missing.isEmpty()) {
            LOG.warn(
                    "Nodes gave no sign of life for muster.reclaim-after; their jobs run elsewhere incarnations={}",
                    missing);
        }
        Set<String> givenUp = new HashSet<>(missing);
        givenUp.addAll(silences.longerThanGrace(startNanos));
        Undertaker.Report report = undertaker.round(fence, givenUp);
        Duration regular = quiet ? LOOK_FOR_LOST_IN_QUIET : LOOK_FOR_LOST;
        Duration wait = report.lookAgain() || silences.present() ? LOOK_AGAIN : regular;
        lookForLostAtNanos = startNanos + wait.toNanos();
    }

    private void tend(Fence fence, long startNanos) {
        Instant clock = timeline.clock().instant();
        TendReport report = desk.tend(fence, setting.retention(), clock, TEND_LIMIT);
        Duration wait = shorter(TEND_BY_ITSELF, relay(fence, report.outbox(), startNanos));
        if (report.promoted() == TEND_LIMIT || report.forgotten() >= TEND_LIMIT) {
            wait = Duration.ZERO;
        }
        if (report.nextDue().isPresent()) {
            Duration due = Duration.between(clock, report.nextDue().get());
            wait = shorter(wait, due.isNegative() ? STORE_IS_BEHIND : due.plusMillis(1));
        }
        Optional<Duration> again = setting.relay().triesAgainAfter();
        if (again.isPresent()) {
            wait = shorter(wait, again.get().plusMillis(1));
        }
        tendedAtNanos = startNanos;
        tendAtNanos = startNanos + wait.toNanos();
    }

    /** What no live node could have run for so long fails; what is left beyond one call's bound goes with the next round. */
    private void failUnserved(Fence fence, long startNanos) {
        served.seen(everySeat, startNanos);
        Optional<Set<String>> types = served.within(setting.unservedAfter(), startNanos);
        int failed = types.isEmpty()
                ? 0
                : desk.failUnserved(
                        fence,
                        List.copyOf(types.get()),
                        setting.unservedAfter(),
                        timeline.clock().instant());
        if (failed > 0) {
            LOG.warn("Failed jobs of types that no live node serves group={} jobs={}", setting.group(), failed);
        }
        lookForUnservedAtNanos =
                failed > 0 ? startNanos : startNanos + unservedPace().toNanos();
    }

    private Duration unservedPace() {
        return shorter(LOOK_FOR_UNSERVED, setting.unservedAfter());
    }

    /**
     * Answers after what time there is more to look at. What waits for a connection that cannot be reached stays in the outbox and must not hide
     * what stands behind it: that is looked through page by page, from where the last look ended. Once the end was reached, it is looked through
     * again when something of what was passed over can be tried, and regularly, as an entry may become visible in front of that place.
     */
    private Duration relay(Fence fence, TendReport.Outbox seen, long startNanos) {
        OutboxRelay relay = setting.relay();
        List<OutboxEntry> head = seen == TendReport.Outbox.EMPTY ? List.of() : desk.outbox(fence, RELAY_LIMIT);
        if (head.isEmpty()) {
            relay.forget();
            lookFromTheHead();
            return TEND_BY_ITSELF;
        }
        int now = relay.openings();
        Duration again = until(
                lookedThroughAtNanos + (now == openings ? TEND_BY_ITSELF : LOOK_THROUGH_PACE).toNanos(), startNanos);
        if (passed.isEmpty() || (lookedThrough && again.isZero())) {
            openings = now;
            lookFromTheHead();
        }
        relay.relay(fence, head);
        if (head.size() < RELAY_LIMIT) {
            return TEND_BY_ITSELF;
        }
        for (int pages = 0; pages < RELAY_PAGES; pages++) {
            OutboxPage page = desk.outbox(passed, RELAY_LIMIT);
            relay.relay(fence, passed.isPresent() ? page.entries() : behind(head, page.entries()));
            if (page.next().isEmpty()) {
                if (!lookedThrough) {
                    lookedThrough = true;
                    lookedThroughAtNanos = startNanos;
                    again = now == openings ? TEND_BY_ITSELF : LOOK_THROUGH_PACE;
                }
                return again;
            }
            passed = page.next();
        }
        return Duration.ZERO;
    }

    private void lookFromTheHead() {
        passed = Optional.empty();
        lookedThrough = false;
    }

    private static List<OutboxEntry> behind(List<OutboxEntry> head, List<OutboxEntry> page) {
        Set<String> ids = new HashSet<>();
        head.forEach(entry -> ids.add(entry.id()));
        return page.stream().filter(entry -> !ids.contains(entry.id())).toList();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
