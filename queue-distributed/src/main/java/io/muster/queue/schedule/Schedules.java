package io.muster.queue.schedule;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoredSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules of a queue, kept in its store: every process sees the same, and whoever leads fires them. Errors are those of the store
 * ({@link StoreException}). Thread-safe. S1, S2
 */
public final class Schedules {
    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
    private static final int TRIES = 20;

    private final ScheduleDesk desk;
    private final Timeline timeline;
    private final String who;
    private final Pushing pushing;

    /**
     * Where jobs of schedules come from and go.
     *
     * @param writing makes of a job what is to be pushed, but for its id
     * @param push pushes one now
     */
    public record Pushing(BiFunction<PayloadBinding, Object, NewJob> writing, Function<NewJob, PushOutcome> push) {}

    /** {@code who} is the name of this process, under which it pauses. */
    public Schedules(ScheduleDesk desk, Timeline timeline, String who, Pushing pushing) {
        this.desk = desk;
        this.timeline = timeline;
        this.who = who;
        this.pushing = pushing;
    }

    /**
     * Begins a schedule; nothing happens before {@link ScheduleBuilder#register}.
     *
     * @throws IllegalArgumentException the name is empty, longer than 60, or has others than {@code A-Z a-z 0-9 . _ ~ -}
     */
    public ScheduleBuilder schedule(String name) {
        return new ScheduleBuilder(this, requirePlain(name), job -> pushing.writing()
                .apply(PayloadBinding.beneath(Firings.idOfJobs(name)), job));
    }

    /** All schedules, ordered by name. Those that only a newer version can read are left out with a warning. */
    public List<ScheduleView> list() {
        List<ScheduleView> views = new ArrayList<>();
        for (StoredSchedule stored : desk.list()) {
            try {
                views.add(ScheduleView.of(ScheduleDocument.read(stored)));
            } catch (ScheduleDocument.UnreadableException e) {
                LOG.warn("Schedule is unreadable schedule={} reason={}", stored.name(), e.getMessage());
            }
        }
        return views;
    }

    /** One schedule. */
    public Optional<ScheduleView> find(String name) {
        return list().stream().filter(view -> view.name().equals(name)).findFirst();
    }

    /**
     * It does not fire until {@link #resume(String)}. Idempotent.
     *
     * @throws IllegalArgumentException there is none of that name; so in all that follow
     */
    public void pause(String name) {
        change(name, schedule -> schedule.isPaused() ? schedule : schedule.pausedBy(who));
    }

    /** Ends {@link #pause(String)}. What passed meanwhile does not fire. Idempotent. */
    public void resume(String name) {
        change(name, schedule -> schedule.isPaused() ? schedule.resumed(now()) : schedule);
    }

    /** As {@link #pause(String)}, for each there is now. */
    public void pauseAll() {
        list().forEach(view -> pause(view.name()));
    }

    /** As {@link #resume(String)}, for each there is now, whoever paused it. */
    public void resumeAll() {
        list().forEach(view -> resume(view.name()));
    }

    /** Removes it; jobs that it has pushed stay. Answers whether there was one. */
    public boolean remove(String name) {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<StoredSchedule> current = desk.find(requirePlain(name));
            if (current.isEmpty()) {
                return false;
            }
            if (desk.remove(name, current.get().version())) {
                LOG.info("Removed schedule={} by={}", name, who);
                return true;
            }
        }
        throw contested(name);
    }

    /**
     * Pushes its job now, beside its ticks, paused or not. Without overlapping, a job of an earlier tick that still lives
     * hinders it: {@link PushOutcome.DuplicateOf} says which.
     */
    public PushOutcome runNow(String name) {
        Schedule schedule = readable(stored(name));
        return pushing.push().apply(Firings.job(schedule, Firings.idOfJobs(name) + "." + JobIds.next(timeline), now()));
    }

    /** Puts a schedule into its place; writes nothing if it is there just so. Answers how it lies there. */
    ScheduleView register(Schedule schedule) {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<StoredSchedule> stored = desk.find(schedule.name());
            Schedule placed = stored.flatMap(Schedules::readIfPossible)
                    .map(former -> schedule.inPlaceOf(former, now()))
                    .orElse(schedule);
            boolean there = stored.isPresent() && isAlike(stored.get(), placed);
            if (there || put(placed, stored.map(StoredSchedule::version))) {
                return ScheduleView.of(placed);
            }
        }
        throw contested(schedule.name());
    }

    Instant now() {
        return timeline.clock().instant();
    }

    private void change(String name, UnaryOperator<Schedule> how) {
        for (int tries = 0; tries < TRIES; tries++) {
            StoredSchedule stored = stored(name);
            Schedule current = readable(stored);
            Schedule changed = how.apply(current);
            if (changed.equals(current) || put(changed, Optional.of(stored.version()))) {
                return;
            }
        }
        throw contested(name);
    }

    /** If the answer is lost, the version says whether it was written. */
    private boolean put(Schedule schedule, Optional<String> replaced) {
        StoredSchedule next = versioned(schedule, timeline);
        try {
            return desk.put(next, replaced);
        } catch (StoreOutcomeUnknownException e) {
            return desk.find(schedule.name()).map(StoredSchedule::version).equals(Optional.of(next.version()));
        }
    }

    /** The schedule under a version that no other write has. */
    static StoredSchedule versioned(Schedule schedule, Timeline timeline) {
        return new StoredSchedule(schedule.name(), JobIds.next(timeline), ScheduleDocument.write(schedule));
    }

    /** Whether the document would be the same, were it written at the same moment. */
    private static boolean isAlike(StoredSchedule stored, Schedule placed) {
        Optional<Schedule> former = readIfPossible(stored);
        return former.isPresent()
                && Arrays.equals(
                        stored.document(),
                        ScheduleDocument.write(placed.with(new Schedule.State(
                                former.get().state().registeredAt(),
                                placed.state().pausedBy(),
                                placed.state().next(),
                                placed.state().last()))));
    }

    private StoredSchedule stored(String name) {
        return desk.find(requirePlain(name)).orElseThrow(() -> {
            String known = desk.list().stream().map(StoredSchedule::name).collect(Collectors.joining(", "));
            return new IllegalArgumentException(
                    "No schedule \"" + name + "\"; " + (known.isEmpty() ? "there are none" : "there are " + known));
        });
    }

    private static Optional<Schedule> readIfPossible(StoredSchedule stored) {
        try {
            return Optional.of(ScheduleDocument.read(stored));
        } catch (ScheduleDocument.UnreadableException e) {
            return Optional.empty();
        }
    }

    private static Schedule readable(StoredSchedule stored) {
        try {
            return ScheduleDocument.read(stored);
        } catch (ScheduleDocument.UnreadableException e) {
            throw new IllegalStateException(
                    "Schedule \"" + stored.name() + "\" is unreadable: " + e.getMessage() + "; register it anew", e);
        }
    }

    private static IllegalStateException contested(String name) {
        return new IllegalStateException(
                "Schedule \"" + name + "\" was changed by others each time it was to be written; nothing was done");
    }

    private static String requirePlain(String name) {
        return new StoredSchedule(name, "none", new byte[0]).name();
    }
}
