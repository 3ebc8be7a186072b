package io.muster.queue.schedule;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * A schedule as it lies in the store.
 *
 * @param name by which it is known in its namespace
 * @param timetable when
 * @param job what is pushed at a tick, but for its id; its moments count from {@link State#registeredAt}
 * @param overlap whether a tick pushes while the job of an earlier one still lives
 * @param level at which firings are logged
 * @param state where it stands
 */
record Schedule(String name, Timetable timetable, NewJob job, Overlap overlap, Level level, State state) {
    /** Whether a tick pushes while the job of an earlier one still lives: waits, runs or is retried. */
    enum Overlap {
        ALLOWED,
        SKIPPED
    }

    /** When it fires. */
    record Timetable(CronExpression cron, ZoneId zone, Misfire misfire) {
        Instant next(Instant after) {
            return cron.next(after, zone);
        }

        /** Whether it has the same ticks. */
        boolean ticksAs(Timetable other) {
            return cron.equals(other.cron) && zone.equals(other.zone);
        }
    }

    /**
     * Where a schedule stands.
     *
     * @param next its next tick, or one that is due
     * @param last the latest tick that fired
     */
    record State(Instant registeredAt, Optional<String> pausedBy, Instant next, Optional<Instant> last) {}

    Schedule with(State changed) {
        return new Schedule(name, timetable, job, overlap, level, changed);
    }

    Schedule pausedBy(String who) {
        return with(new State(state.registeredAt(), Optional.of(who), state.next(), state.last()));
    }

    /** Ticks that passed while it was paused do not fire. */
    Schedule resumed(Instant now) {
        return with(new State(state.registeredAt(), Optional.empty(), timetable.next(now), state.last()));
    }

    boolean isPaused() {
        return state.pausedBy().isPresent();
    }

    /**
     * This one as a new version of {@code former}: in its place, with its state. A tick that is due already still fires, and the next
     * one stays what it was if the ticks are the same.
     */
    Schedule inPlaceOf(Schedule former, Instant now) {
        boolean keeps =
                timetable.ticksAs(former.timetable) || !former.state.next().isAfter(now);
        return with(new State(
                state.registeredAt(),
                former.state.pausedBy(),
                keeps ? former.state.next() : state.next(),
                former.state.last()));
    }

    /** Who holds it: one job of the schedule at a time. */
    static UniqueKey overlapKey(String name) {
        return UniqueKey.of("schedule:" + name);
    }
}
