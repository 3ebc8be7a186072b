package io.muster.queue.distribution;

import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.Term;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.JobStore.LeaderDesk;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads one distribution group while a term lasts: installs its fence, then goes in rounds: take back from the lost, make due jobs
 * ready, relay the outbox, fire schedules (these for all groups, where the default one is led), assign, revoke what would wait. A round follows at
 * once while assignments flow, else after a hint, a change of members, or the next due moment. An idle leader looks by itself for
 * what can be assigned every three seconds, after a while of quiet every six, which is one read, and does everything else every thirty.
 *
 * <p>All state belongs to one loop. Every write carries the term's fence; the first refusal ends the leadership here. If the
 * store does not answer for a TTL, the term is resigned, so that a node that reaches it can lead.
 */
public final class Distributor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Distributor.class);
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final Duration IDLE_IN_QUIET = Duration.ofSeconds(6);
    private static final Duration SLOWEST = Duration.ofSeconds(1);
    private static final Duration FASTEST = Duration.ofMillis(5);
    private static final int ROUNDS_UNTIL_QUIET = 3;
    private static final int HINTS_UNTIL_IN_VAIN = 10;
    private static final Duration PACE_IN_VAIN = Duration.ofMillis(50);

    private final DistributorSetting setting;
    private final LeaderDesk desk;
    private final Timeline timeline;
    private final Loop loop;
    private final Revoker revoker;
    private final Chores chores;
    private final Map<String, Credit> credits = new HashMap<>();
    private final Map<String, Turns> turns = new HashMap<>();
    private Optional<Leading> leading = Optional.empty();
    private List<Seat> everySeat = List.of();
    private List<Seat> seats = List.of();
    private Set<String> members = Set.of();
    private Map<String, Integer> ready = new HashMap<>();
    private Loop.Timer nextRound = () -> {};
    private boolean roundPosted;
    private int quietRounds;
    private int hintsInVain;
    private long hintFollowedNanos;
    private boolean hintWaits;
    private Loop.Timer waitingHint = () -> {};
    private Duration pause = FASTEST;
    private long round;

    /** State that exists only while leading. */
    private static final class Leading {
        final Term term;
        final Fence fence;
        Subscription hints = () -> {};
        boolean installed;
        boolean foreign;
        long lastRoundNanos;
        long storeSilentSinceNanos = Long.MIN_VALUE;

        Leading(Term term, Fence fence) {
            this.term = term;
            this.fence = fence;
        }
    }

    public Distributor(DistributorSetting setting) {
        this.setting = setting;
        this.desk = setting.store().leader();
        this.timeline = setting.timeline();
        this.loop = timeline.loop(setting.node() + "-distributor-" + setting.group());
        this.revoker = new Revoker(desk);
        this.chores = new Chores(setting);
    }

    /** This node leads from now on. */
    public void gained(Term term) {
        loop.post(() -> {
            Leading now = new Leading(term, new Fence(setting.group(), term.identity(), term.number()));
            long nanos = timeline.ticker().nanos();
            now.lastRoundNanos = nanos;
            leading = Optional.of(now);
            credits.clear();
            turns.clear();
            ready = new HashMap<>();
            revoker.begin(nanos);
            chores.begin(nanos);
            now.hints = desk.onReady(() -> loop.post(this::hintOfStore));
            LOG.info("Leads group={} term={} node={}", setting.group(), term.number(), setting.node());
            roundSoon();
        });
    }

    /** The term is over. */
    public void lost(Term term) {
        loop.post(() -> {
            if (leading.isPresent() && leading.get().term.number() == term.number()) {
                LOG.info("Leads no more group={} term={} node={}", setting.group(), term.number(), setting.node());
                stopLeading();
            }
        });
    }

    /** Who is alive, with their pools; called with every change of the membership. */
    public void members(Set<String> incarnations, List<Seat> current) {
        loop.post(() -> {
            boolean someLeft = !incarnations.containsAll(members);
            boolean changed = !incarnations.equals(members) || !current.equals(everySeat);
            members = incarnations;
            everySeat = List.copyOf(current);
            chores.seats(everySeat, someLeft, timeline.ticker().nanos());
            seats = own(everySeat);
            Set<String> ids = new HashSet<>();
            seats.forEach(seat -> ids.add(seat.id()));
            credits.keySet().retainAll(ids);
            revoker.seats(seats, everySeat);
            turns.keySet().retainAll(ids);
            if (changed) {
                hint();
            }
        });
    }

    /** What each live node published last, by incarnation; called with every change of the membership. K2 */
    public void signs(Map<String, LifeSign> signs) {
        loop.post(() -> chores.signs(signs, timeline.ticker().nanos()));
    }

    /** Some pool has free slots, or jobs became ready: look soon. */
    public void wake() {
        loop.post(this::hint);
    }

    /** These pools of an incarnation have run out of work. */
    public void hungry(String incarnation, Set<String> pools) {
        loop.post(() -> {
            revoker.hungry(incarnation, pools);
            hint();
        });
    }

    @Override
    public void close() {
        leading.ifPresent(now -> now.hints.close());
        loop.close();
    }

    /** Jobs became ready. Hints that lead to nothing again and again, as of pushes to a paused queue, are followed at a pace. */
    private void hintOfStore() {
        chores.hintOfStore();
        long sinceLast = timeline.ticker().nanos() - hintFollowedNanos;
        if (hintsInVain < HINTS_UNTIL_IN_VAIN || sinceLast >= PACE_IN_VAIN.toNanos()) {
            followHint();
        } else if (!hintWaits) {
            hintWaits = true;
            waitingHint = loop.schedule(PACE_IN_VAIN.minusNanos(sinceLast), this::followHint);
        }
    }

    private void followHint() {
        hintWaits = false;
        hintsInVain += roundPosted ? 0 : 1;
        hintFollowedNanos = timeline.ticker().nanos();
        hint();
    }

    private void hint() {
        leading.ifPresent(now -> {
            pause = FASTEST;
            quietRounds = 0;
            chores.hint();
            roundSoon();
        });
    }

    private void roundSoon() {
        if (!roundPosted) {
            roundPosted = true;
            nextRound.cancel();
            loop.post(this::round);
        }
    }

    private void roundAfter(Duration wait) {
        nextRound.cancel();
        nextRound = loop.schedule(wait, this::roundSoon);
    }

    private void round() {
        if (hintWaits) {
            waitingHint.cancel();
            followHint();
        }
        roundPosted = false;
        if (leading.isEmpty()) {
            return;
        }
        Leading now = leading.get();
        if (!now.term.isTrusted()) {
            roundAfter(FASTEST.multipliedBy(10));
            return;
        }
        long beganNanos = timeline.ticker().nanos();
        try {
            if (!now.installed) {
                desk.install(now.fence);
                now.installed = true;
                now.foreign = false;
            }
            Duration wait = work(now);
            now.storeSilentSinceNanos = Long.MIN_VALUE;
            if (wait.isZero()) {
                roundSoon();
            } else {
                roundAfter(wait);
            }
        } catch (StaleFenceException e) {
            LOG.warn("A newer leader has written; this one stops group={} term={}", setting.group(), now.term.number());
            stopLeading();
            setting.resign().run();
        } catch (ForeignFenceException e) {
            if (!now.foreign) {
                now.foreign = true;
                LOG.error(
                        "Leads nothing before an operator adopts the store: {} group={}",
                        e.getMessage(),
                        setting.group());
            }
            roundAfter(SLOWEST.multipliedBy(5));
        } catch (StoreException | ClusterException e) {
            storeSilent(now, beganNanos, e);
        } catch (RuntimeException e) {
            LOG.error("A round of the leader failed and is tried again group={}", setting.group(), e);
            roundAfter(SLOWEST);
        }
    }

    private Duration work(Leading now) {
        long startNanos = timeline.ticker().nanos();
        quietRounds++;
        Duration next = idle();
        if (setting.group().equals(QueueGroups.DEFAULT)) {
            next = chores.round(now.fence, startNanos, isQuiet(), next);
        }
        if (setting.distributes()) {
            next = shorter(next, assign(now, startNanos));
            next = shorter(next, revoke(now));
        }
        return next;
    }

    private boolean isQuiet() {
        return quietRounds > ROUNDS_UNTIL_QUIET;
    }

    private Duration idle() {
        return isQuiet() ? IDLE_IN_QUIET : IDLE;
    }

    /** The seats with those of their queues that belong to this group. */
    private List<Seat> own(List<Seat> all) {
        return all.stream()
                .map(seat -> seat.only(queue -> setting.groups().of(queue).equals(setting.group())))
                .filter(seat -> !seat.queues().isEmpty())
                .toList();
    }

    private Duration assign(Leading now, long startNanos) {
        Duration sinceLast = Duration.ofNanos(startNanos - now.lastRoundNanos);
        Map<String, Integer> limits = new HashMap<>();
        for (Seat seat : seats) {
            Credit credit = credits.computeIfAbsent(seat.id(), id -> new Credit());
            limits.put(
                    seat.id(),
                    credit.limit(seat.concurrency(), sinceLast.compareTo(SLOWEST) > 0 ? SLOWEST : sinceLast));
        }
        List<Grant> grants = Planner.plan(seats, limits, ready, turns, round++);
        if (grants.isEmpty()) {
            return idle();
        }
        AssignReport report = desk.assign(now.fence, grants);
        now.lastRoundNanos = startNanos;
        hintsInVain = report.total() > 0 ? 0 : hintsInVain;
        ready = new HashMap<>(report.ready());
        revoker.assigned(grants, report, startNanos);
        Assigned assigned = new Assigned(grants, report);
        assigned.bySeat().forEach((seat, jobs) -> {
            Credit credit = credits.get(seat);
            if (credit != null) {
                credit.drained(jobs, sinceLast);
            }
        });
        for (Seat seat : seats) {
            if (seat.order().isWeighted()) {
                turns.compute(
                        seat.id(),
                        (id, known) -> assigned.after(
                                known == null || !known.order().equals(seat.order()) ? Turns.of(seat.order()) : known,
                                id));
            }
        }
        return waitAfter(report);
    }

    /** Takes back what waits where it will not begin soon, and lets the next round give it to others. */
    private Duration revoke(Leading now) {
        Revoker.Report report =
                revoker.round(now.fence, ready, timeline.ticker().nanos());
        for (Seat seat : report.from()) {
            credits.remove(seat.id());
            seat.queues().forEach(ready::remove);
        }
        return report.next();
    }

    /** Back to back while jobs flow; more and more slowly while jobs wait for slots; idle until hinted if nothing is ready. */
    private Duration waitAfter(AssignReport report) {
        boolean backlog = report.ready().values().stream().anyMatch(count -> count > 0);
        if (!backlog) {
            pause = FASTEST;
            return idle();
        }
        if (report.total() > 0) {
            quietRounds = 0;
            pause = FASTEST;
        } else {
            pause = shorter(SLOWEST, pause.multipliedBy(2));
        }
        return pause;
    }

    private void storeSilent(Leading now, long beganNanos, RuntimeException cause) {
        long nanos = timeline.ticker().nanos();
        chores.storeSilent(nanos);
        if (now.storeSilentSinceNanos == Long.MIN_VALUE) {
            now.storeSilentSinceNanos = beganNanos;
            LOG.warn(
                    "Store or coordinator does not answer the leader group={} reason={}",
                    setting.group(),
                    cause.toString());
        }
        if (nanos - now.storeSilentSinceNanos > setting.patience().toNanos()) {
            LOG.warn(
                    "Store silent for {}; resigns group={} term={}",
                    setting.patience(),
                    setting.group(),
                    now.term.number());
            stopLeading();
            setting.withdraw().run();
            return;
        }
        pause = shorter(SLOWEST, pause.multipliedBy(2));
        roundAfter(pause);
    }

    private void stopLeading() {
        leading.ifPresent(now -> {
            now.hints.close();
            chores.end();
        });
        leading = Optional.empty();
        nextRound.cancel();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /**
     * What a distributor works with.
     *
     * @param groups all of them; the default one's leader does the chores for all
     * @param liveIncarnations incarnations of registered nodes by a linearizable read
     * @param patience how long the store may be silent before the term is resigned: one TTL
     * @param resign gives the term up; must not block the caller
     * @param withdraw as {@code resign}, and does not campaign until the store answers again
     * @param relay pushes outbox entries where they belong
     * @param distributes whether it assigns, or only does the chores (C7)
     * @param unservedAfter how long a job waits for a node that serves its type before it fails (J1)
     */
    public record DistributorSetting(
            String node,
            String group,
            QueueGroups groups,
            JobStore store,
            Timeline timeline,
            Supplier<Set<String>> liveIncarnations,
            Duration patience,
            Runnable resign,
            Runnable withdraw,
            OutboxRelay relay,
            Retention retention,
            boolean distributes,
            Duration unservedAfter) {}
}
