package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The accepted settlement is that of the last attempt: had the store given the job to a later one, it would have had to refuse. Nor is one
 * accepted whose handler ended after the node's incarnation was seen buried.
 */
final class NoStaleSettlement implements Rule {
    @Override
    public String sentence() {
        return "no settlement of a stale attempt is accepted";
    }

    @Override
    public String loss() {
        return "settlements of stale attempts accepted";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        Map<String, Long> buried = new HashMap<>();
        accounts.history().of(Kind.INCARNATION).stream()
                .filter(seen -> seen.text("status").equals("BURIED"))
                .forEach(seen -> buried.putIfAbsent(seen.text("incarnation"), seen.nanos()));
        List<Violation> found = new ArrayList<>();
        accounts.settlements()
                .forEach((job, told) -> told.forEach(settled -> {
                    accounts.runsOfJob(job).stream()
                            .filter(run -> run.fence() > settled.number("fence"))
                            .findFirst()
                            .ifPresent(later -> found.add(violation(
                                    "the settlement of " + job + " under token " + settled.text("fence")
                                            + " was accepted although there was a later attempt: " + later,
                                    settled.nanos(),
                                    accounts.jobDoubts().about(settled.nanos())
                                            || accounts.jobDoubts().about(later.began()))));
                    ended(accounts, job, settled)
                            .filter(end ->
                                    end.nanos() > buried.getOrDefault(settled.text("incarnation"), Long.MAX_VALUE))
                            .ifPresent(end -> found.add(violation(
                                    "the settlement of " + job + " was accepted although its incarnation "
                                            + settled.text("incarnation") + " had been buried before its handler ended",
                                    settled.nanos(),
                                    accounts.jobDoubts().about(settled.nanos())
                                            || accounts.jobDoubts()
                                                    .about(buried.getOrDefault(settled.text("incarnation"), 0L)))));
                }));
        return found;
    }

    private static Optional<Event> ended(Accounts accounts, String job, Event settled) {
        return accounts.runsOfJob(job).stream()
                .filter(run -> run.fence() == settled.number("fence"))
                .findFirst()
                .flatMap(Run::end);
    }
}
