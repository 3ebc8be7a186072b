package io.muster.chaos.check;

import java.util.ArrayList;
import java.util.List;

/** A push that failed for certain left nothing behind. What may have been applied must be said to be unknown. */
final class RefusedIsNotApplied implements Rule {
    @Override
    public String sentence() {
        return "a push that was refused is not applied";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        for (Plan plan : accounts.plans()) {
            boolean exists = accounts.finalOf(plan.name()).isPresent()
                    || !accounts.runsOfPlan(plan.name()).isEmpty();
            if (plan.isSingle() && plan.isRefused() && exists) {
                found.add(violation(
                        plan.work() + " " + plan.name() + " was "
                                + plan.pushed().get(0).text("outcome") + " ("
                                + plan.pushed().get(0).text("why") + "), and the store has it",
                        plan.pushed().get(0).nanos()));
            }
        }
        return found;
    }
}
