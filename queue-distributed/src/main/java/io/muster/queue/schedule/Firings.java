package io.muster.queue.schedule;

import io.muster.queue.job.JobEnvelope;
import io.muster.queue.schedule.Schedule.State;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** What a schedule pushes at which time: functions of the schedule and the moment. */
final class Firings {
    /** Stands where a job that is not pushed yet has no id of its own. */
    static final String TEMPLATE_ID = "schedule";

    private static final DateTimeFormatter TICK =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Firings() {}

    /**
     * What a firing does.
     *
     * @param ticks those that fire, in order
     * @param missed ticks that passed and do not fire
     * @param after the schedule behind them
     * @param jobs one per tick
     */
    record Planned(List<Instant> ticks, boolean missed, Schedule after, List<NewJob> jobs) {}

    /** The firing of a schedule that is due, of at most {@code most} ticks; if more are to fire it is due afterwards again. */
    static Optional<Planned> plan(Schedule schedule, Instant now, int most) {
        State state = schedule.state();
        if (schedule.isPaused() || state.next().isAfter(now)) {
            return Optional.empty();
        }
        Schedule.Timetable timetable = schedule.timetable();
        Misfire misfire = timetable.misfire();
        List<Instant> passed = timetable.cron().ticks(state.next(), now, timetable.zone(), misfire.bound());
        List<Instant> ticks = passed.stream()
                .filter(tick -> misfire.policy() != Misfire.Policy.SKIP
                        || !tick.plus(misfire.grace()).isBefore(now))
                .limit(most)
                .toList();
        Instant reached = ticks.isEmpty() ? passed.get(passed.size() - 1) : ticks.get(ticks.size() - 1);
        Schedule after = schedule.with(new State(
                state.registeredAt(),
                state.pausedBy(),
                timetable.next(reached),
                ticks.isEmpty() ? state.last() : Optional.of(reached)));
        boolean missed = ticks.isEmpty() || !ticks.get(0).equals(state.next());
        return Optional.of(new Planned(
                ticks,
                missed,
                after,
                ticks.stream()
                        .map(tick -> job(schedule, idOf(schedule.name(), tick), now))
                        .toList()));
    }

    /** Where the ids of its jobs begin; a point and more follows. */
    static String idOfJobs(String schedule) {
        return TEMPLATE_ID + "." + schedule;
    }

    /** The job of a tick has the same id whoever pushes it. */
    static String idOf(String schedule, Instant tick) {
        return idOfJobs(schedule) + "." + TICK.format(tick);
    }

    /** The schedule's job as pushed now: what was said from the moment of registering on counts from now on. */
    static NewJob job(Schedule schedule, String id, Instant now) {
        NewJob template = schedule.job();
        Duration since = Duration.between(schedule.state().registeredAt(), now);
        return new NewJob(
                id,
                template.queue(),
                template.type(),
                JobEnvelope.later(template.payload(), since),
                template.priority(),
                template.dueAt().map(due -> due.plus(since)),
                template.maxCrashes(),
                schedule.overlap() == Schedule.Overlap.SKIPPED
                        ? Optional.of(Schedule.overlapKey(schedule.name()))
                        : template.unique(),
                template.overlap());
    }
}
