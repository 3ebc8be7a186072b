package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Each minute between a schedule's registering and its removal has fired exactly one job, which is completed. */
final class Ticks implements Rule {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm").withZone(ZoneOffset.UTC);

    @Override
    public String sentence() {
        return "each tick of a schedule is pushed once";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        Map<String, List<Event>> lines = accounts.history().of(Kind.SCHEDULE).stream()
                .collect(Collectors.groupingBy(event -> event.text("schedule")));
        lines.forEach((schedule, told) -> {
            if (told.size() == 2) {
                check(accounts, schedule, told.get(0), told.get(1), found);
            }
        });
        return found;
    }

    private void check(Accounts accounts, String schedule, Event since, Event until, List<Violation> found) {
        Map<String, Set<String>> fired = new TreeMap<>();
        for (Run run : accounts.runs()) {
            if (run.plan().equals(schedule)) {
                String minute = minuteOf(run.job());
                fired.computeIfAbsent(minute, none -> new HashSet<>()).add(run.job());
            }
        }
        Set<String> owed = new HashSet<>();
        Instant first = Instant.ofEpochMilli(since.millis())
                .truncatedTo(ChronoUnit.MINUTES)
                .plus(1, ChronoUnit.MINUTES);
        Instant last = Instant.ofEpochMilli(until.millis()).minusMillis(until.number("graceMillis"));
        List<Instant> ticks = Stream.iterate(first, last::isAfter, tick -> tick.plus(1, ChronoUnit.MINUTES))
                .toList();
        for (Instant tick : ticks) {
            String minute = MINUTE.format(tick);
            owed.add(minute);
            Set<String> jobs = fired.getOrDefault(minute, Set.of());
            if (jobs.size() != 1) {
                found.add(violation(
                        schedule + ": the tick of " + tick + " was pushed " + jobs.size() + " times " + jobs,
                        since.nanos()));
            }
            jobs.forEach(job -> {
                String state = accounts.stateOf(job);
                if (!state.equals("COMPLETED")) {
                    found.add(violation(schedule + ": the job of the tick of " + tick + " is " + state, since.nanos()));
                }
            });
        }
        fired.keySet().stream()
                .filter(minute -> !owed.contains(minute) && minute.compareTo(MINUTE.format(last)) < 0)
                .forEach(minute -> found.add(
                        violation(schedule + " fired at " + minute + ", when it has no tick", since.nanos())));
    }

    /** A tick's job is named after the schedule and the minute, in digits. */
    private static String minuteOf(String job) {
        String digits = job.substring(job.lastIndexOf('.') + 1).replaceAll("[^0-9]", "");
        return digits.length() < 12 ? job : digits.substring(0, 8) + "T" + digits.substring(8, 12);
    }
}
