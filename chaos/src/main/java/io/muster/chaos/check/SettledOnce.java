package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import java.util.ArrayList;
import java.util.List;

/** What nodes were told that the store accepted: once per job, of a handler that ran, and what the store says too. */
final class SettledOnce implements Rule {
    @Override
    public String sentence() {
        return "a job is settled once";
    }

    @Override
    public String loss() {
        return "settlements lost, and settled again";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        accounts.settlements().forEach((job, told) -> {
            if (told.size() > 1) {
                found.add(violation(
                        job + " was settled " + told.size() + " times: "
                                + told.stream().map(Event::said).toList(),
                        told.get(1).nanos(),
                        told.stream().limit(told.size() - 1L).allMatch(lost -> accounts.jobDoubts()
                                .about(lost.nanos()))));
            }
            Event first = told.get(0);
            if (first.text("how").equals("completed")
                    && ranToItsEnd(accounts, job, first.number("fence")).isEmpty()) {
                found.add(violation(
                        job + " completed under token " + first.text("fence")
                                + " without a handler that ended well under it",
                        first.nanos()));
            }
            accounts.finalOf(job)
                    .filter(end -> !end.text("state").equalsIgnoreCase(first.text("how")))
                    .ifPresent(end -> found.add(violation(
                            job + " was " + first.text("how") + " and is " + end.text("state") + " at the end",
                            first.nanos(),
                            accounts.jobDoubts().about(first.nanos()))));
        });
        return found;
    }

    private static List<Run> ranToItsEnd(Accounts accounts, String job, long fence) {
        return accounts.runsOfJob(job).stream()
                .filter(run -> run.fence() == fence && run.ended(Run.DONE))
                .toList();
    }
}
