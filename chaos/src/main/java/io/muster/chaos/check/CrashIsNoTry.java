package io.muster.chaos.check;

import java.util.ArrayList;
import java.util.List;

/** The number of an attempt is one more than the failures before it, however many attempts were lost with their nodes. */
final class CrashIsNoTry implements Rule {
    @Override
    public String sentence() {
        return "an attempt that was lost with its node is not a failed try";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        accounts.runsByJob().forEach((job, runs) -> {
            for (Run run : runs) {
                long threw = runs.stream()
                        .filter(earlier -> earlier.fence() < run.fence() && earlier.ended(Run.THREW))
                        .count();
                if (run.begin().number("attempt") > threw + 1) {
                    found.add(violation(
                            run + " says that it is attempt " + run.begin().text("attempt") + ", after " + threw
                                    + " failures",
                            run.began()));
                }
            }
        });
        return found;
    }
}
