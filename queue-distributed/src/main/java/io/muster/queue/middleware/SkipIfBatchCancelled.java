package io.muster.queue.middleware;

import io.muster.queue.job.Invocation;
import io.muster.queue.job.Middleware;

/** Drops a job quietly whose batch is cancelled; the batch counts it as processed. Asks the store before each job that is in a batch. M5 */
public final class SkipIfBatchCancelled implements Middleware {
    @Override
    public void handle(Invocation invocation) throws Exception {
        if (invocation.context().isInBatch() && invocation.context().batch().cancelled()) {
            invocation.context().delete("its batch is cancelled");
        } else {
            invocation.proceed();
        }
    }
}
