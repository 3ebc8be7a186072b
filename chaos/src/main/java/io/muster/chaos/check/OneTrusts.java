package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From the first time that a node wrote down that it trusts a term until the last time that it was about to look, it trusted that term; so
 * those times of two terms do not overlap. Where the coordinator does not promise that a session lives for its TTL, two may trust: always where
 * servers end sessions by themselves, else about a failover.
 */
final class OneTrusts implements Rule {
    @Override
    public String sentence() {
        return "at most one leader trusts itself";
    }

    @Override
    public String loss() {
        return "two leaders trusted themselves at once";
    }

    private record Held(String process, long term, long from, long to) {
        @Override
        public String toString() {
            return process + " under term " + term;
        }
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Held> held = held(accounts);
        List<Violation> found = new ArrayList<>();
        for (int i = 0; i < held.size(); i++) {
            for (int j = i + 1; j < held.size(); j++) {
                Held one = held.get(i);
                Held other = held.get(j);
                long from = Math.max(one.from(), other.from());
                long to = Math.min(one.to(), other.to());
                if (from < to) {
                    found.add(violation(
                            one + " and " + other + " trusted themselves at once for " + (to - from) / 1_000_000
                                    + " ms",
                            from,
                            mayBe(accounts, from)));
                }
            }
        }
        return found;
    }

    private static boolean mayBe(Accounts accounts, long nanos) {
        Event run = accounts.run();
        if (!run.text("sessionLife").equals("false")) {
            return false;
        }
        boolean replicated = List.of(run.text("replicated").split(",", -1)).contains("coordinator");
        return !replicated || accounts.coordinatorDoubts().about(nanos);
    }

    private static List<Held> held(Accounts accounts) {
        Map<String, Held> byTerm = new LinkedHashMap<>();
        for (Event seen : accounts.history().of(Kind.TRUST)) {
            long term = seen.number("term");
            byTerm.merge(
                    seen.process() + "#" + term,
                    new Held(seen.process(), term, seen.nanos(), seen.number("since")),
                    (first, later) -> new Held(first.process(), term, first.from(), later.to()));
        }
        return List.copyOf(byTerm.values());
    }
}
