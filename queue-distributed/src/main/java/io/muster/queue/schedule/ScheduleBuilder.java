package io.muster.queue.schedule;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.muster.queue.schedule.Schedule.Overlap;
import io.muster.queue.schedule.Schedule.State;
import io.muster.queue.schedule.Schedule.Timetable;
import io.muster.queue.store.NewJob;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneRulesException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.event.Level;

/**
 * A schedule that is being said. The words for times combine: {@code weekdays().at("13:00")} is {@code 0 13 * * 1-5}; what a word does not speak
 * of stays. What is wrong is told at once. Not thread-safe. S1
 */
@CheckReturnValue
public final class ScheduleBuilder {
    private static final int MINUTE = 0;
    private static final int HOUR = 1;
    private static final int DAY = 2;
    private static final int MONTH = 3;
    private static final int WEEKDAY = 4;

    private final Schedules schedules;
    private final String name;
    private final Function<Object, NewJob> writing;
    private final String[] fields = {"*", "*", "*", "*", "*"};
    private boolean timesSaid;
    private Optional<Object> job = Optional.empty();
    private ZoneId zone = ZoneId.of("UTC");
    private Misfire misfire = Misfire.ONCE;
    private Overlap overlap = Overlap.ALLOWED;
    private Level level = Level.INFO;

    ScheduleBuilder(Schedules schedules, String name, Function<Object, NewJob> writing) {
        this.schedules = schedules;
        this.name = name;
        this.writing = writing;
    }

    /**
     * What is pushed at each tick, as it is now: a job of a registered type, or one with options, {@code
     * queue.job(report).onQueue("nightly").tries(3)}. A delay and a {@code retryUntil} count from the tick.
     */
    public ScheduleBuilder job(Object pushed) {
        job = Optional.of(pushed);
        return this;
    }

    /**
     * When, as a {@linkplain CronExpression five-field cron expression}.
     *
     * @throws IllegalArgumentException it is none; the message says what is wrong with it
     */
    public ScheduleBuilder cron(String expression) {
        String[] parsed = CronExpression.parse(expression).toString().split(" ", -1);
        System.arraycopy(parsed, 0, fields, 0, fields.length);
        timesSaid = true;
        return this;
    }

    public ScheduleBuilder everyMinute() {
        return set(MINUTE, "*").set(HOUR, "*");
    }

    public ScheduleBuilder everyTwoMinutes() {
        return everyMinutes(2);
    }

    public ScheduleBuilder everyFiveMinutes() {
        return everyMinutes(5);
    }

    public ScheduleBuilder everyTenMinutes() {
        return everyMinutes(10);
    }

    public ScheduleBuilder everyFifteenMinutes() {
        return everyMinutes(15);
    }

    public ScheduleBuilder everyThirtyMinutes() {
        return everyMinutes(30);
    }

    /** At minutes 0, {@code step}, twice {@code step} … of each hour. */
    public ScheduleBuilder everyMinutes(int step) {
        return set(MINUTE, "*/" + step).set(HOUR, "*");
    }

    /** At minute 0 of each hour. */
    public ScheduleBuilder hourly() {
        return hourlyAt(0);
    }

    public ScheduleBuilder hourlyAt(int minute) {
        return set(MINUTE, Integer.toString(minute)).set(HOUR, "*");
    }

    /** At minute 0 of hours 0, {@code step}, twice {@code step} … of each day. */
    public ScheduleBuilder everyHours(int step) {
        return set(MINUTE, "0").set(HOUR, "*/" + step);
    }

    /** At midnight. */
    public ScheduleBuilder daily() {
        return dailyAt("00:00");
    }

    /** At a time of day, {@code 13:00}. */
    public ScheduleBuilder dailyAt(String time) {
        return at(time);
    }

    /** At minute 0 of two hours of each day. */
    public ScheduleBuilder twiceDaily(int firstHour, int secondHour) {
        return set(MINUTE, "0").set(HOUR, firstHour + "," + secondHour);
    }

    /** The time of day for the days that are said otherwise. */
    public ScheduleBuilder at(String time) {
        LocalTime parsed;
        try {
            parsed = LocalTime.parse(time.length() == "9:00".length() ? "0" + time : time);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("A time of day is written as 13:00, not \"" + time + "\"", e);
        }
        if (parsed.getSecond() != 0 || parsed.getNano() != 0) {
            throw new IllegalArgumentException("Schedules know no seconds: \"" + time + "\"");
        }
        return set(MINUTE, Integer.toString(parsed.getMinute())).set(HOUR, Integer.toString(parsed.getHour()));
    }

    /** On Sundays at midnight. */
    public ScheduleBuilder weekly() {
        return weeklyOn(DayOfWeek.SUNDAY, "00:00");
    }

    public ScheduleBuilder weeklyOn(DayOfWeek day, String time) {
        return days(day).at(time);
    }

    /** On the first of each month at midnight. */
    public ScheduleBuilder monthly() {
        return monthlyOn(1, "00:00");
    }

    /** Months that have no such day are left out. */
    public ScheduleBuilder monthlyOn(int day, String time) {
        return set(DAY, Integer.toString(day)).at(time);
    }

    /** On the first of January, April, July and October at midnight. */
    public ScheduleBuilder quarterly() {
        return set(DAY, "1").set(MONTH, "1,4,7,10").at("00:00");
    }

    /** On the first of January at midnight. */
    public ScheduleBuilder yearly() {
        return yearlyOn(1, 1, "00:00");
    }

    public ScheduleBuilder yearlyOn(int month, int day, String time) {
        return set(MONTH, Integer.toString(month))
                .set(DAY, Integer.toString(day))
                .at(time);
    }

    /** Only from Monday to Friday. */
    public ScheduleBuilder weekdays() {
        return set(WEEKDAY, "1-5");
    }

    /** Only on Saturdays and Sundays. */
    public ScheduleBuilder weekends() {
        return set(WEEKDAY, "6,0");
    }

    /** Only on these days of the week. */
    public ScheduleBuilder days(DayOfWeek first, DayOfWeek... others) {
        String all = Stream.concat(Stream.of(first), Arrays.stream(others))
                .map(day -> Integer.toString(day.getValue() % DayOfWeek.values().length))
                .collect(Collectors.joining(","));
        return set(WEEKDAY, all);
    }

    /**
     * The time zone in which the times are meant, {@code Europe/Berlin}; without it UTC.
     *
     * @throws IllegalArgumentException there is none of that name
     */
    public ScheduleBuilder zone(String id) {
        try {
            return zone(ZoneId.of(id));
        } catch (ZoneRulesException e) {
            throw new IllegalArgumentException(
                    "No time zone \"" + id + "\"; zones are named as Europe/Berlin or UTC", e);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "Bad time zone \"" + id + "\": " + e.getMessage() + "; zones are named as Europe/Berlin or UTC", e);
        }
    }

    public ScheduleBuilder zone(ZoneId chosen) {
        zone = chosen;
        return this;
    }

    /** What becomes of ticks that nobody fired in time; without it {@link Misfire#ONCE}. */
    public ScheduleBuilder misfire(Misfire chosen) {
        misfire = chosen;
        return this;
    }

    /** A tick is left out while the job of an earlier one still lives: waits, runs, or is to be retried. */
    public ScheduleBuilder withoutOverlapping() {
        overlap = Overlap.SKIPPED;
        return this;
    }

    /** At which level firings are logged; without it {@code INFO}. */
    public ScheduleBuilder logLevel(Level chosen) {
        level = chosen;
        return this;
    }

    /**
     * Puts the schedule into the store. One of the same name is replaced in its place: it stays paused if it is, a tick that is due
     * still fires, and if the times are the same its next tick stays. So every process may register its schedules whenever it starts; if nothing has changed,
     * nothing is written. What is registered nowhere any more stays until it is {@linkplain Schedules#remove removed}.
     *
     * @throws IllegalStateException no job or no times were said
     * @throws IllegalArgumentException they cannot be combined
     * @throws io.muster.queue.store.StoreException the store does not take it
     */
    @CanIgnoreReturnValue
    public ScheduleView register() {
        if (!timesSaid) {
            throw new IllegalStateException("Schedule \"" + name + "\" has no times; say dailyAt(\"13:00\"), say");
        }
        NewJob template = writing.apply(
                job.orElseThrow(() -> new IllegalStateException("Schedule \"" + name + "\" has no job; say job(…)")));
        if (overlap == Overlap.SKIPPED && template.unique().isPresent()) {
            throw new IllegalArgumentException(
                    "The job of schedule \"" + name + "\" has a unique key of its own, so that"
                            + " no tick pushes while it is held; leave withoutOverlapping() out");
        }
        Timetable timetable = new Timetable(CronExpression.parse(String.join(" ", fields)), zone, misfire);
        Instant now = schedules.now();
        State state = new State(now, Optional.empty(), timetable.next(now), Optional.empty());
        return schedules.register(new Schedule(name, timetable, template, overlap, level, state));
    }

    /** Each field is looked at alone as it is said; what they mean together, when it is registered. */
    private ScheduleBuilder set(int field, String value) {
        String[] alone = {"*", "*", "*", "*", "*"};
        alone[field] = value;
        CronExpression.parse(String.join(" ", alone));
        timesSaid = true;
        fields[field] = value;
        return this;
    }
}
