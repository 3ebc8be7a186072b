package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How long each kind of fault kept the cluster as a whole from settling anything, and from having a leader. For people, judged by nobody. */
final class Outages {
    private static final long MILLI = 1_000_000;

    private Outages() {}

    /** By kind of fault: how many there were, the longest time without a settlement that touched one, and the time to the next term. */
    static Map<String, String> byFault(Accounts accounts) {
        long[] settled = accounts.history().of(Kind.SETTLED).stream()
                .mapToLong(Event::nanos)
                .toArray();
        Map<String, List<Span>> byFault = accounts.faults().stream()
                .collect(Collectors.groupingBy(Span::fault, TreeMap::new, Collectors.toList()));
        Map<String, String> told = new TreeMap<>();
        byFault.forEach((fault, spans) -> {
            long silence = spans.stream()
                    .mapToLong(span -> longestGap(settled, span) / MILLI)
                    .max()
                    .orElse(0);
            LongSummaryStatistics elected = spans.stream()
                    .filter(span -> span.fault().endsWith(" leader"))
                    .flatMap(span -> nextTerm(accounts, span).stream())
                    .mapToLong(nanos -> nanos / MILLI)
                    .summaryStatistics();
            String leader = elected.getCount() == 0
                    ? ""
                    : ", next leader after " + elected.getMin() + " to " + elected.getMax() + " ms";
            told.put(fault, spans.size() + ", nothing settled for at most " + silence + " ms" + leader);
        });
        return told;
    }

    /** The longest time between two settlements of which a part lies within the fault. */
    static long longestGap(long[] settled, Span span) {
        long longest = 0;
        for (int i = 1; i < settled.length; i++) {
            if (settled[i] >= span.from() && settled[i - 1] <= span.to()) {
                longest = Math.max(longest, settled[i] - settled[i - 1]);
            }
        }
        return longest;
    }

    /** From the fault to the first sight of a term that nobody had seen before it; empty if the fault was over earlier. */
    private static Optional<Long> nextTerm(Accounts accounts, Span span) {
        List<Event> seen = accounts.history().of(Kind.LEADER);
        long before = seen.stream()
                .filter(event -> event.nanos() < span.from())
                .mapToLong(event -> event.number("term"))
                .max()
                .orElse(0);
        return seen.stream()
                .filter(event -> event.nanos() >= span.from() && event.number("term") > before)
                .map(event -> event.nanos() - span.from())
                .findFirst()
                .filter(nanos -> span.fault().startsWith("kill") || span.from() + nanos <= span.to());
    }
}
