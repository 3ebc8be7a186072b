package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import io.muster.chaos.soak.Drift;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Judges a history by all rules, and counts what is worth knowing. Pure: the same history gives the same findings. */
public final class Checker {
    static final List<Rule> RULES = List.of(
            new AcknowledgedIsSettled(),
            new SettledOnce(),
            new NoStaleSettlement(),
            new RefusedIsNotApplied(),
            new UniqueKeys(),
            new OverlapKeys(),
            new FollowUps(),
            new Ticks(),
            new FencesGrow(),
            new OneTrusts(),
            new CrashIsNoTry(),
            new ReclaimInTime(),
            new NothingIsLeft(),
            new NoDrift());

    private static final long MILLI = 1_000_000;

    private Checker() {}

    /**
     * What came out.
     *
     * @param violations what must not be
     * @param declared what a store or coordinator may lose by its own promise, and lost
     * @param figures counts and times, for people
     */
    public record Findings(List<Violation> violations, List<Violation> declared, Map<String, String> figures) {
        public boolean isGood() {
            return violations.isEmpty();
        }
    }

    /** The sentences by which it judges. */
    public static List<String> sentences() {
        return RULES.stream().map(Rule::sentence).toList();
    }

    public static Findings check(History history) {
        Accounts accounts = new Accounts(history);
        Map<Boolean, List<Violation>> found = RULES.stream()
                .flatMap(rule -> rule.violations(accounts).stream())
                .collect(Collectors.partitioningBy(Violation::isDeclared));
        List<Violation> declared = found.getOrDefault(true, List.of());
        Map<String, String> figures = figures(accounts);
        figures.putAll(Losses.of(accounts, declared));
        return new Findings(found.getOrDefault(false, List.of()), declared, figures);
    }

    private static Map<String, String> figures(Accounts accounts) {
        Map<String, String> figures = new LinkedHashMap<>();
        List<Plan> plans =
                StreamSupport.stream(accounts.plans().spliterator(), false).toList();
        figures.put("pushes", plans.size() + " by clients");
        figures.put(
                "acknowledged",
                Long.toString(plans.stream()
                        .filter(plan -> plan.acknowledged().isPresent())
                        .count()));
        figures.put("unknown outcomes", Long.toString(outcomes(plans, Plan.UNKNOWN)));
        figures.put("refused", Long.toString(outcomes(plans, Plan.REFUSED)));
        figures.put("duplicates of unique keys", Long.toString(outcomes(plans, Plan.DUPLICATE)));
        figures.put(
                "jobs the store knew at the end",
                Integer.toString(accounts.history().of(Kind.FINAL).size()));
        figures.put("handler runs", Integer.toString(accounts.runs().size()));
        figures.put(
                "of these cut off by a death",
                Long.toString(accounts.runs().stream()
                        .filter(run -> run.end().isEmpty())
                        .count()));
        figures.put("stale settlements refused", Long.toString(stale(accounts)));
        figures.put("physical overlaps of stale attempts", Integer.toString(OverlapKeys.physical(accounts)));
        figures.put(
                "terms",
                Long.toString(accounts.history().of(Kind.LEADER).stream()
                        .map(seen -> seen.text("term"))
                        .distinct()
                        .count()));
        figures.put(
                "sessions lost by the driver",
                Long.toString(accounts.history().of(Kind.SHAKEN).stream()
                        .filter(seen -> seen.text("state").equals("LOST"))
                        .count()));
        figures.put("faults", Integer.toString(accounts.faults().size()));
        Outages.byFault(accounts).forEach((fault, told) -> figures.put("- " + fault, told));
        LongSummaryStatistics reclaims = ReclaimInTime.reclaims(accounts).stream()
                .mapToLong(reclaim -> reclaim.tookNanos() / MILLI)
                .summaryStatistics();
        figures.put(
                "reclaim times judged",
                reclaims.getCount() == 0
                        ? "none"
                        : reclaims.getCount() + ", " + reclaims.getMin() + " to " + reclaims.getMax() + " ms");
        figures.putAll(Drift.figures(accounts.history()));
        return figures;
    }

    private static long outcomes(List<Plan> plans, String outcome) {
        return plans.stream()
                .flatMap(plan -> plan.pushed().stream())
                .filter(told -> told.text("outcome").equals(outcome))
                .count();
    }

    /** The highest count of each life of each process. */
    private static long stale(Accounts accounts) {
        Map<String, Long> most = new LinkedHashMap<>();
        List<Event> figures = new ArrayList<>(accounts.history().of(Kind.FIGURES));
        figures.forEach(told -> most.merge(told.process() + told.text("pid"), told.number("stale"), Math::max));
        return most.values().stream().mapToLong(Long::longValue).sum();
    }
}
