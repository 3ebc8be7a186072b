package io.muster.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An attempt whose settlement was accepted held its key all the while its handler ran; whoever has a later token was given it later, and
 * so must not have begun before that handler ended.
 */
final class OverlapKeys implements Rule {
    @Override
    public String sentence() {
        return "valid attempts of an overlap key do not overlap";
    }

    @Override
    public String loss() {
        return "overlap keys held twice";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        byKey(accounts).forEach((key, runs) -> {
            List<Run> valid = runs.stream()
                    .filter(run -> run.ended(Run.DONE)
                            && accounts.accepted(run.job()).filter(run::equals).isPresent())
                    .toList();
            for (Run holder : valid) {
                runs.stream()
                        .filter(run -> run.fence() > holder.fence())
                        .filter(run -> run.began() < holder.end().orElseThrow().nanos())
                        .forEach(run -> found.add(violation(
                                "key " + key + ": " + run + " began while the valid attempt " + holder + " ran",
                                run.began(),
                                accounts.jobDoubts().about(holder.began())
                                        || accounts.jobDoubts()
                                                .about(holder.end()
                                                        .orElseThrow()
                                                        .nanos())
                                        || accounts.jobDoubts().about(run.began()))));
            }
        });
        return found;
    }

    /** Pairs of handlers of one key that ran at the same time: with a stale one among them that is nobody's fault. */
    static int physical(Accounts accounts) {
        int pairs = 0;
        for (List<Run> runs : byKey(accounts).values()) {
            for (int i = 0; i < runs.size(); i++) {
                for (int j = i + 1; j < runs.size(); j++) {
                    pairs += overlap(runs.get(i), runs.get(j)) ? 1 : 0;
                }
            }
        }
        return pairs;
    }

    private static boolean overlap(Run one, Run other) {
        return one.end().isPresent()
                && other.end().isPresent()
                && one.began() < other.end().get().nanos()
                && other.began() < one.end().get().nanos();
    }

    private static Map<String, List<Run>> byKey(Accounts accounts) {
        return accounts.runs().stream()
                .filter(run -> !run.overlap().isEmpty())
                .collect(Collectors.groupingBy(Run::overlap));
    }
}
