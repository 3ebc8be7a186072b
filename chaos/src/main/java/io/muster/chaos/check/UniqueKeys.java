package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Two jobs of one key never live at the same time: a job certainly lives from the answer to its push until the handler ends whose settlement
 * was accepted. And nobody is refused for a job that was settled before he asked.
 */
final class UniqueKeys implements Rule {
    @Override
    public String sentence() {
        return "at most one live job has a unique key, and a dead one has none";
    }

    @Override
    public String loss() {
        return "unique keys lost, or held by a job whose settlement was";
    }

    private record Life(Plan plan, long from, long to) {}

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        Map<String, List<Plan>> byKey = StreamSupport.stream(accounts.plans().spliterator(), false)
                .filter(plan -> !plan.unique().isEmpty())
                .collect(Collectors.groupingBy(Plan::unique));
        byKey.values().forEach(plans -> {
            List<Life> lives = plans.stream()
                    .map(plan -> life(accounts, plan))
                    .flatMap(Optional::stream)
                    .toList();
            for (int i = 0; i < lives.size(); i++) {
                for (int j = i + 1; j < lives.size(); j++) {
                    Life one = lives.get(i);
                    Life other = lives.get(j);
                    if (one.from() < other.to() && other.from() < one.to()) {
                        found.add(violation(
                                "key " + one.plan().unique() + " had two live jobs: "
                                        + one.plan().name() + " and "
                                        + other.plan().name(),
                                Math.max(one.from(), other.from()),
                                accounts.jobDoubts().about(one.from())
                                        || accounts.jobDoubts().about(other.from())));
                    }
                }
            }
            plans.forEach(plan -> refusedForTheDead(accounts, plan, found));
        });
        return found;
    }

    private static Optional<Life> life(Accounts accounts, Plan plan) {
        Optional<Long> to = accounts.accepted(plan.name()).flatMap(Run::end).map(Event::nanos);
        return plan.acknowledged().map(Event::nanos).flatMap(from -> to.filter(end -> end > from)
                .map(end -> new Life(plan, from, end)));
    }

    private void refusedForTheDead(Accounts accounts, Plan plan, List<Violation> found) {
        for (int i = 0; i < plan.pushed().size(); i++) {
            Event told = plan.pushed().get(i);
            if (!told.text("outcome").equals(Plan.DUPLICATE)) {
                continue;
            }
            long asked = plan.pushing().stream()
                    .filter(event -> event.nanos() < told.nanos())
                    .mapToLong(Event::nanos)
                    .max()
                    .orElse(0);
            String holder = told.text("holder");
            accounts.settlementsOf(holder).stream()
                    .filter(settled -> settled.nanos() < asked)
                    .findFirst()
                    .ifPresent(settled -> found.add(violation(
                            plan.name() + " was refused as a duplicate of " + holder + ", which was settled before",
                            told.nanos(),
                            accounts.jobDoubts().about(settled.nanos()))));
            boolean otherKey = accounts.plan(holder)
                    .filter(named -> !named.unique().equals(plan.unique()))
                    .isPresent();
            if (otherKey) {
                found.add(violation(
                        plan.name() + " was refused as a duplicate of " + holder + ", which has another key",
                        told.nanos()));
            }
        }
    }
}
