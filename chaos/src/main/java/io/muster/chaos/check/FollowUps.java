package io.muster.chaos.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Links of a chain begin in their order, nothing follows a failed one but its callback, and each part of a chain or batch is one job. */
final class FollowUps implements Rule {
    @Override
    public String sentence() {
        return "chain links follow in order, and links and callbacks are pushed once";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        for (Plan plan : accounts.plans()) {
            if (plan.isSingle()) {
                continue;
            }
            List<Run> runs = accounts.runsOfPlan(plan.name());
            Map<String, Set<String>> jobs = new TreeMap<>();
            runs.forEach(run ->
                    jobs.computeIfAbsent(run.part(), part -> new HashSet<>()).add(run.job()));
            jobs.forEach((part, ids) -> {
                if (ids.size() > 1) {
                    found.add(violation(
                            plan.work() + " " + plan.name() + ": " + part + " was pushed " + ids.size() + " times: "
                                    + ids,
                            runs.get(0).began()));
                }
            });
            if (plan.work() == Work.CHAIN) {
                chain(plan, runs, found);
            } else {
                batch(plan, runs, found);
            }
        }
        return found;
    }

    private void chain(Plan plan, List<Run> runs, List<Violation> found) {
        for (Run run : runs) {
            if (!run.part().startsWith("link-")) {
                continue;
            }
            int link = Integer.parseInt(run.part().substring("link-".length()));
            if (plan.failsAt() >= 0 && link > plan.failsAt()) {
                found.add(violation(run + " began behind the link that failed", run.began()));
            } else if (link > 0 && !endedBefore(runs, "link-" + (link - 1), run.began())) {
                found.add(violation(run + " began before the link before it had ended", run.began()));
            }
        }
        boolean caught = runs.stream().anyMatch(run -> run.part().equals("caught"));
        if (caught && plan.failsAt() < 0) {
            found.add(violation(
                    plan.name() + ": the catch callback ran, and no link was to fail",
                    runs.get(0).began()));
        }
    }

    private void batch(Plan plan, List<Run> runs, List<Violation> found) {
        Set<String> members = runs.stream()
                .map(Run::part)
                .filter(part -> part.startsWith("member-"))
                .collect(Collectors.toSet());
        runs.stream().filter(run -> !run.part().startsWith("member-")).forEach(callback -> {
            long early = members.stream()
                    .filter(member -> !endedBefore(runs, member, callback.began()))
                    .count();
            if (early > 0 || members.size() < plan.count()) {
                found.add(violation(
                        "callback " + callback + " began while " + (early + plan.count() - members.size())
                                + " members had not ended",
                        callback.began()));
            }
        });
    }

    private static boolean endedBefore(List<Run> runs, String part, long nanos) {
        return runs.stream()
                .anyMatch(run -> run.part().equals(part)
                        && run.end().filter(end -> end.nanos() <= nanos).isPresent()
                        && run.ended(Run.DONE));
    }
}
