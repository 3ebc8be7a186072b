package io.muster.queue.schedule;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.FireResult;
import io.muster.queue.store.Firing;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's part: knows the schedules, and fires those that are due by its own clock. Asks the store only to fire, and to see what was changed:
 * after a hint, at most once a second, and by itself every thirty. What the store refuses or does not answer is read again before
 * anything else is fired. Belongs to one loop.
 */
public final class ScheduleChore {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleChore.class);
    private static final Duration LOOK_BY_ITSELF = Duration.ofSeconds(30);
    private static final Duration LOOK_PACE = Duration.ofSeconds(1);
    private static final int MOST_AT_ONCE = 50;
    private static final int MOST_TICKS = 20;
    private static final int MOST_BYTES = 256 * 1024;

    private final ScheduleDesk desk;
    private final IntSupplier mostPushed;
    private final Timeline timeline;
    private final Map<String, Known> known = new HashMap<>();
    private final Set<String> unreadable = new HashSet<>();
    private boolean hinted;
    private boolean full;
    private long lookedAtNanos;
    private long lookAtNanos;

    private record Known(String version, Schedule schedule) {}

    private record Due(Firing firing, Firings.Planned planned) {}

    /** {@code mostPushed} is how many jobs one firing may push. */
    public ScheduleChore(ScheduleDesk desk, IntSupplier mostPushed, Timeline timeline) {
        this.desk = desk;
        this.mostPushed = mostPushed;
        this.timeline = timeline;
    }

    /** A term begins: nothing is known. */
    public void begin() {
        known.clear();
        hinted = false;
        long nanos = timeline.ticker().nanos();
        lookAtNanos = nanos;
        lookedAtNanos = nanos - LOOK_PACE.toNanos();
    }

    /** Schedules may have been changed. */
    public void hint() {
        hinted = true;
    }

    /**
     * Fires what is due; answers how long there is nothing to do, zero if more is due.
     *
     * @throws io.muster.queue.store.StoreException the store did not answer, or the fence is not accepted
     */
    public Duration round(Fence fence) {
        long nanos = timeline.ticker().nanos();
        boolean askedFor = hinted && nanos - lookedAtNanos >= LOOK_PACE.toNanos();
        if (askedFor || nanos - lookAtNanos >= 0) {
            look(nanos);
        }
        Instant now = timeline.clock().instant();
        List<Due> due = due(now);
        if (!due.isEmpty()) {
            fire(fence, due);
        }
        return untilNext();
    }

    private void look(long nanos) {
        hinted = false;
        List<StoredSchedule> stored = desk.list();
        known.clear();
        for (StoredSchedule each : stored) {
            try {
                known.put(each.name(), new Known(each.version(), ScheduleDocument.read(each)));
            } catch (ScheduleDocument.UnreadableException e) {
                if (unreadable.add(each.name() + " " + each.version())) {
                    LOG.error(
                            "Schedule is unreadable and does not fire before it is registered anew schedule={} reason={}",
                            each.name(),
                            e.getMessage());
                }
            }
        }
        lookedAtNanos = nanos;
        lookAtNanos = nanos + LOOK_BY_ITSELF.toNanos();
    }

    private List<Due> due(Instant now) {
        List<Due> due = new ArrayList<>();
        for (Known each : known.values()) {
            if (due.size() < MOST_AT_ONCE) {
                Firings.plan(each.schedule(), now, mostTicks(each.schedule()))
                        .ifPresent(planned -> due.add(new Due(
                                new Firing(
                                        each.version(), Schedules.versioned(planned.after(), timeline), planned.jobs()),
                                planned)));
            }
        }
        return due;
    }

    /** What one operation of the store takes for certain. */
    private int mostTicks(Schedule schedule) {
        int bySize = Math.max(1, MOST_BYTES / Math.max(1, schedule.job().payload().length));
        return Math.min(Math.min(MOST_TICKS, bySize), mostPushed.getAsInt());
    }

    private void fire(Fence fence, List<Due> due) {
        long lookAgainAtNanos = lookAtNanos;
        lookAtNanos = timeline.ticker().nanos();
        try {
            List<FireResult> results =
                    desk.fire(fence, due.stream().map(Due::firing).toList());
            full = false;
            boolean allFired = true;
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof FireResult.Fired fired) {
                    fired(due.get(i), fired.jobs());
                } else {
                    allFired = false;
                }
            }
            if (allFired) {
                lookAtNanos = lookAgainAtNanos;
            }
        } catch (StoreFullException e) {
            if (!full) {
                full = true;
                LOG.warn(
                        "Schedules are due and the store has no room for their jobs; tried again until it has reason={}",
                        e.getMessage());
            }
            known.clear();
            lookAtNanos = timeline.ticker().nanos() + LOOK_PACE.toNanos();
        } catch (IllegalArgumentException e) {
            lookAtNanos = lookAgainAtNanos;
            setAside(fence, due, e);
        }
    }

    /** One schedule that the store cannot keep holds up no other. */
    private void setAside(Fence fence, List<Due> due, IllegalArgumentException reason) {
        if (due.size() > 1) {
            due.forEach(each -> fire(fence, List.of(each)));
            return;
        }
        Schedule schedule = due.get(0).planned().after();
        Known former = known.remove(schedule.name());
        if (former != null && unreadable.add(schedule.name() + " " + former.version())) {
            LOG.error(
                    "Schedule is refused by the store and does not fire before it is registered anew schedule={} reason={}",
                    schedule.name(),
                    reason.getMessage());
        }
    }

    private void fired(Due due, List<PushOutcome> outcomes) {
        Schedule after = due.planned().after();
        known.put(after.name(), new Known(due.firing().next().version(), after));
        if (due.planned().missed()) {
            LOG.warn(
                    "Ticks were missed and not all of them fire schedule={} next={}",
                    after.name(),
                    after.state().next());
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Instant tick = due.planned().ticks().get(i);
            if (outcomes.get(i) instanceof PushOutcome.DuplicateOf duplicate) {
                LOG.atLevel(after.level())
                        .log(
                                "Left a tick out as an earlier job still lives schedule={} tick={} job={}",
                                after.name(),
                                tick,
                                duplicate.holderJobId());
            } else {
                LOG.atLevel(after.level())
                        .log(
                                "Fired schedule={} tick={} job={}",
                                after.name(),
                                tick,
                                outcomes.get(i).jobId());
            }
        }
    }

    private Duration untilNext() {
        long nanos = timeline.ticker().nanos();
        long untilLook = hinted ? lookedAtNanos + LOOK_PACE.toNanos() - nanos : lookAtNanos - nanos;
        Duration wait = Duration.ofNanos(Math.max(0, Math.min(untilLook, lookAtNanos - nanos)));
        Optional<Instant> first = known.values().stream()
                .map(Known::schedule)
                .filter(schedule -> !schedule.isPaused())
                .map(schedule -> schedule.state().next())
                .min(Instant::compareTo);
        if (first.isPresent()) {
            Duration due = Duration.between(timeline.clock().instant(), first.get());
            Duration left = due.isNegative() || due.isZero() ? Duration.ZERO : due.plusMillis(1);
            wait = left.compareTo(wait) < 0 ? left : wait;
        }
        return wait;
    }
}
