package io.muster.queue.testkit.simulation;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Bugs of a store that takes jobs in. */
final class JobBugs {
    private static final int NEVER = 1_000;

    private JobBugs() {}

    static Plant crashBudgetIsDropped() {
        return Plants.push((store, jobs, real) ->
                real.call(jobs.stream().map(job -> job.withMaxCrashes(NEVER)).toList()));
    }

    static Plant acknowledgedBeforeWritten() {
        AtomicInteger pushes = new AtomicInteger();
        return Plants.push((store, jobs, real) -> pushes.incrementAndGet() % 10 == 0
                ? jobs.stream()
                        .map(job -> (PushOutcome) new PushOutcome.Pushed(job.id()))
                        .toList()
                : real.call(jobs));
    }

    static Plant delayIsForgotten() {
        return Plants.push((store, jobs, real) -> real.call(jobs.stream()
                .map(job -> new NewJob(
                        job.id(),
                        job.queue(),
                        job.type(),
                        job.payload(),
                        job.priority(),
                        Optional.empty(),
                        job.maxCrashes(),
                        job.unique(),
                        job.overlap(),
                        job.batch(),
                        job.tellsFailure()))
                .toList()));
    }
}
