package io.muster.integration;

import io.muster.queue.JobSetup;
import io.muster.queue.QueueBuilder;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;

/** What {@code muster work} runs when it finds it on its class path. */
public final class WorkSetup implements JobSetup {
    @Override
    public void prepare(QueueBuilder builder) {
        builder.handle(
                new JobType<>(Work.TYPE, Work.class, JobOptions.DEFAULT),
                (work, context) -> Thread.sleep(work.millis()));
    }
}
