package io.muster.formal;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How large the model is that is checked: processes, jobs, and how often each fault may happen. */
record Bounds(
        int nodes,
        int jobs,
        int poisonJobs,
        int maxCrashes,
        boolean trustEndsFirst,
        Map<Fault, Integer> budget,
        Set<Guard> removed) {

    /** What may happen, as often as the budget says. */
    enum Fault {
        /** A process dies; another takes its place. */
        KILL,
        /** A session ends while its process lives and does not know: a pause. */
        EXPIRY,
        /** A call was applied, and its reply was lost. */
        LOSS,
        /** A call is given up and arrives later, or never. */
        LATE,
        /** A leader gives its term up. */
        RESIGN,
        /** A handler asks for another attempt. */
        RELEASE,
        REVOKE,
        /** The coordinator loses everything and is another one from then on. */
        WIPE,
        /** An operator adopts a coordinator that is not there. */
        ADOPT;

        String field() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Bounds {
        budget = Map.copyOf(budget);
        removed = Set.copyOf(removed);
    }

    /** No faults at all. */
    static Bounds of(int nodes, int jobs) {
        return new Bounds(nodes, jobs, 0, 1, false, Map.of(), Set.of());
    }

    Bounds with(Fault fault, int times) {
        Map<Fault, Integer> more = new EnumMap<>(Fault.class);
        more.putAll(budget);
        more.put(fault, times);
        return new Bounds(nodes, jobs, poisonJobs, maxCrashes, trustEndsFirst, more, removed);
    }

    /** So many of the jobs kill whoever runs them. */
    Bounds withPoison(int count) {
        return new Bounds(nodes, jobs, count, maxCrashes, trustEndsFirst, budget, removed);
    }

    /** The server promises a minimum life of sessions. */
    Bounds whereTrustEndsFirst() {
        return new Bounds(nodes, jobs, poisonJobs, maxCrashes, true, budget, removed);
    }

    Bounds without(Guard guard) {
        Set<Guard> more = new HashSet<>(removed);
        more.add(guard);
        return new Bounds(nodes, jobs, poisonJobs, maxCrashes, trustEndsFirst, budget, more);
    }

    /** The module that TLC is given: the model with these constants. */
    String module() {
        String faults = IntStream.range(0, Fault.values().length)
                .mapToObj(index -> Fault.values()[index])
                .map(fault -> fault.field() + " |-> " + budget.getOrDefault(fault, 0))
                .collect(Collectors.joining(", "));
        String off = removed.stream().map(guard -> '"' + guard.inModel() + '"').collect(Collectors.joining(", "));
        return """
                ---- MODULE Bounded ----
                EXTENDS Muster
                BoundedBudget == [%s]
                BoundedOff == {%s}
                ====
                """
                .formatted(faults, off);
    }

    /** The constants of TLC's configuration. */
    String constants() {
        return """
                CONSTANTS
                Nodes = {%s}
                Jobs = {%s}
                Poison = {%s}
                MaxCrashes = %d
                Budget <- BoundedBudget
                TrustEndsFirst = %s
                Off <- BoundedOff
                """
                .formatted(
                        names("n", nodes),
                        names("j", jobs),
                        names("j", poisonJobs),
                        maxCrashes,
                        trustEndsFirst ? "TRUE" : "FALSE");
    }

    private static String names(String prefix, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> prefix + number)
                .collect(Collectors.joining(", "));
    }
}
