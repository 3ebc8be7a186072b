package io.muster.queue.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Five-field unix cron: minute, hour, day of month, month, day of week (0 and 7 are Sunday; names such as {@code MON} and {@code JAN} too), each
 * with {@code *}, lists, ranges and steps. If both days are restricted, either is enough.
 *
 * <p>When clocks change: an hour field that begins with {@code *} follows real time, so that nothing fires in the hour that is left out and
 * everything fires in both hours that are named alike. Any other fires once: what falls into the hour that is left out fires at the moment of the
 * change, all of it together, and what happens twice fires the first time.
 *
 * <p>The library finds the next time of a calendar without changes of clocks; what changes of clocks make of it is decided here.
 */
public final class CronExpression {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private static final String LIBRARY_PREFIX = "Failed to parse cron expression. ";
    private static final LocalDateTime SOME_DAY = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final Duration FIRST_WINDOW = Duration.ofHours(1);
    private static final int FIELDS = 5;
    /** A leader reads its schedules again and again, and they change seldom. */
    private static final Map<String, CronExpression> PARSED = new ConcurrentHashMap<>();

    private static final int MOST_PARSED = 1_000;

    private final String text;
    private final ExecutionTime times;
    private final boolean followsTheHours;

    private CronExpression(String text, ExecutionTime times, boolean followsTheHours) {
        this.text = text;
        this.times = times;
        this.followsTheHours = followsTheHours;
    }

    /** @throws IllegalArgumentException it is no such expression, or names no day that ever comes */
    public static CronExpression parse(String text) {
        CronExpression known = PARSED.get(text);
        if (known != null) {
            return known;
        }
        CronExpression parsed = parseAnew(text);
        if (PARSED.size() >= MOST_PARSED) {
            PARSED.clear();
        }
        PARSED.put(text, parsed);
        return parsed;
    }

    private static CronExpression parseAnew(String text) {
        String[] fields = text.strip().split("\\s+");
        if (fields.length != FIELDS) {
            throw bad(text, "it has " + (text.isBlank() ? 0 : fields.length) + " fields");
        }
        ExecutionTime times;
        try {
            times = ExecutionTime.forCron(PARSER.parse(String.join(" ", fields)).validate());
        } catch (IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage());
            throw bad(text, reason.startsWith(LIBRARY_PREFIX) ? reason.substring(LIBRARY_PREFIX.length()) : reason);
        }
        CronExpression cron = new CronExpression(String.join(" ", fields), times, fields[1].startsWith("*"));
        if (cron.nextLocal(SOME_DAY).isEmpty()) {
            throw bad(text, "no such day ever comes");
        }
        return cron;
    }

    private static IllegalArgumentException bad(String text, String reason) {
        return new IllegalArgumentException(
                "Bad cron expression \"" + text + "\": " + reason
                        + ". It needs five fields: minute (0-59) hour (0-23) day-of-month (1-31) month (1-12) day-of-week (0-7)");
    }

    /** The first tick after a moment. */
    public Instant next(Instant after, ZoneId zone) {
        return followsTheHours ? nextByRealTime(after, zone.getRules()) : nextByTheClock(after, zone.getRules());
    }

    /** The ticks from {@code first}, which is one, to {@code until}, in order: the last {@code most} of them. */
    List<Instant> ticks(Instant first, Instant until, ZoneId zone, int most) {
        Duration window = FIRST_WINDOW;
        while (true) {
            Instant after = until.minus(window);
            boolean whole = !after.isAfter(first);
            List<Instant> ticks = new ArrayList<>();
            Instant tick = whole ? first : next(after, zone);
            while (!tick.isAfter(until)) {
                ticks.add(tick);
                tick = next(tick, zone);
            }
            if (whole || ticks.size() >= most) {
                return ticks.subList(Math.max(0, ticks.size() - most), ticks.size());
            }
            window = window.multipliedBy(2);
        }
    }

    /** Stretches of time between two changes of the clock, one after another, each with its own offset. */
    private Instant nextByRealTime(Instant after, ZoneRules rules) {
        Instant stretch = after;
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime local = LocalDateTime.ofInstant(after, offset);
        while (true) {
            Instant candidate = nextOrEnd(local).toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(stretch);
            if (change == null || candidate.isBefore(change.getInstant())) {
                return candidate;
            }
            stretch = change.getInstant();
            offset = change.getOffsetAfter();
            local = change.getDateTimeAfter().minusNanos(1);
        }
    }

    private Instant nextByTheClock(Instant after, ZoneRules rules) {
        LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
        Instant tick;
        do {
            local = nextOrEnd(local);
            tick = moment(local, rules);
        } while (!tick.isAfter(after));
        return tick;
    }

    private static Instant moment(LocalDateTime local, ZoneRules rules) {
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        return offsets.isEmpty() ? rules.getTransition(local).getInstant() : local.toInstant(offsets.get(0));
    }

    private LocalDateTime nextOrEnd(LocalDateTime after) {
        return nextLocal(after)
                .orElseThrow(() -> new IllegalStateException("\"" + text + "\" has no tick after " + after));
    }

    private Optional<LocalDateTime> nextLocal(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(next -> next.toLocalDateTime());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronExpression cron && cron.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The five fields, one space between them. */
    @Override
    public String toString() {
        return text;
    }
}
