package io.muster.queue.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * A schedule as people see it. S2
 *
 * @param cron five fields
 * @param zone in which they are read
 * @param type of the job that is pushed
 * @param queue to which
 * @param misfire what becomes of ticks that nobody fired in time
 * @param withoutOverlapping whether a tick is left out while the job of an earlier one still lives
 * @param level at which firings are logged
 * @param pausedBy who paused it
 * @param nextRun the next tick; empty while it is paused, and a moment that is past while its firing is under way
 * @param lastRun the latest tick that fired
 */
public record ScheduleView(
        String name,
        String cron,
        ZoneId zone,
        String type,
        String queue,
        Misfire misfire,
        boolean withoutOverlapping,
        Level level,
        Optional<String> pausedBy,
        Optional<Instant> nextRun,
        Optional<Instant> lastRun) {
    static ScheduleView of(Schedule schedule) {
        Schedule.Timetable timetable = schedule.timetable();
        Schedule.State state = schedule.state();
        return new ScheduleView(
                schedule.name(),
                timetable.cron().toString(),
                timetable.zone(),
                schedule.job().type(),
                schedule.job().queue(),
                timetable.misfire(),
                schedule.overlap() == Schedule.Overlap.SKIPPED,
                schedule.level(),
                state.pausedBy(),
                schedule.isPaused() ? Optional.empty() : Optional.of(state.next()),
                state.last());
    }
}
