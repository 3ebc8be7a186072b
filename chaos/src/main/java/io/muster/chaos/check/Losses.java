package io.muster.chaos.check;

import io.muster.chaos.history.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what servers with replicas may have lost by their own promise, and lost. For people. */
final class Losses {
    private Losses() {}

    /** Each loss with its count, also if that is 0, the parts of one push as one; nothing where no server has replicas and nothing is lost. */
    static Map<String, String> of(Accounts accounts, List<Violation> declared) {
        Map<String, String> figures = new LinkedHashMap<>();
        boolean replicated = !accounts.history().of(Kind.ROLE).isEmpty();
        if (replicated) {
            int both = accounts.coordinatorDoubts().failovers();
            int jobs = accounts.jobDoubts().equals(accounts.coordinatorDoubts())
                    ? 0
                    : accounts.jobDoubts().failovers();
            figures.put("failovers of servers", Integer.toString(both + jobs));
        }
        for (Rule rule : Checker.RULES) {
            long count = declared.stream()
                    .filter(one -> one.rule().equals(rule.sentence()))
                    .mapToLong(Violation::nanos)
                    .distinct()
                    .count();
            if (count > 0 || (replicated && !rule.loss().isEmpty())) {
                figures.put("declared: " + rule.loss(), Long.toString(count));
            }
        }
        return figures;
    }
}
