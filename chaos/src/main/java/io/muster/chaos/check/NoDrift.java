package io.muster.chaos.check;

import io.muster.chaos.history.Kind;
import io.muster.chaos.soak.Drift;
import java.util.ArrayList;
import java.util.List;

/** What processes and servers use at rest does not grow; judged where a run had rests. */
final class NoDrift implements Rule {
    @Override
    public String sentence() {
        return "at rest, nothing uses more and more";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        Drift.of(accounts.history()).forEach(growth -> found.add(violation(growth.text(), growth.nanos())));
        boolean rests = !accounts.history().of(Kind.REST).isEmpty();
        boolean ended = accounts.history().of(Kind.REST).stream()
                .anyMatch(rest -> rest.text("which").equals("LAST"));
        if (rests && !ended) {
            found.add(violation("the run did not come to its last rest, so nothing is known of the end", 0));
        }
        return found;
    }
}
