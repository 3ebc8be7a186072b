package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was acknowledged came to the end that it had to come to, with all that follows from it. */
final class AcknowledgedIsSettled implements Rule {
    /** Reason of a job that used up its crashes. */
    private static final String CRASHED = "crashed too often";

    @Override
    public String sentence() {
        return "an acknowledged push is settled, as its rules say";
    }

    @Override
    public String loss() {
        return "acknowledged pushes lost";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        for (Plan plan : accounts.plans()) {
            plan.acknowledged().ifPresent(told -> {
                Consumer<String> wrong = text -> found.add(violation(
                        plan.work() + " " + plan.name() + ", acknowledged to " + told.process() + ": " + text,
                        told.nanos(),
                        accounts.jobDoubts().about(told.nanos())));
                switch (plan.work()) {
                    case CHAIN -> chain(accounts, plan, wrong);
                    case BATCH -> batch(accounts, plan, wrong);
                    default -> single(accounts, plan, wrong);
                }
            });
        }
        return found;
    }

    private static void single(Accounts accounts, Plan plan, Consumer<String> wrong) {
        Optional<Event> end = accounts.finalOf(plan.name());
        String state = accounts.stateOf(plan.name());
        String owed = plan.work() == Work.FAILING ? "FAILED" : "COMPLETED";
        boolean crashed =
                end.filter(event -> event.text("reason").startsWith(CRASHED)).isPresent();
        if (!state.equals(owed) || crashed) {
            wrong.accept("is " + state + " at the end and not " + owed
                    + end.map(event -> " " + event.text("reason")).orElse(""));
        }
    }

    private static void chain(Accounts accounts, Plan plan, Consumer<String> wrong) {
        int last = plan.failsAt() < 0 ? plan.count() : plan.failsAt();
        IntStream.range(0, last).forEach(link -> part(accounts, plan, "link-" + link, "COMPLETED", wrong));
        if (plan.failsAt() >= 0) {
            part(accounts, plan, "link-" + plan.failsAt(), "FAILED", wrong);
            part(accounts, plan, "caught", "COMPLETED", wrong);
        }
    }

    private static void batch(Accounts accounts, Plan plan, Consumer<String> wrong) {
        IntStream.range(0, plan.count())
                .forEach(member -> part(accounts, plan, "member-" + member, "COMPLETED", wrong));
        part(accounts, plan, "then", "COMPLETED", wrong);
        part(accounts, plan, "finally", "COMPLETED", wrong);
    }

    private static void part(Accounts accounts, Plan plan, String part, String owed, Consumer<String> wrong) {
        Set<String> jobs = accounts.runsOfPlan(plan.name()).stream()
                .filter(run -> run.part().equals(part))
                .map(Run::job)
                .collect(Collectors.toSet());
        if (jobs.isEmpty()) {
            wrong.accept(part + " never began");
        }
        jobs.forEach(job -> {
            String state = accounts.stateOf(job);
            if (!state.equals(owed)) {
                wrong.accept(part + " " + job + " is " + state + " at the end and not " + owed);
            }
        });
    }
}
