package io.muster.queue.explain;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.Map;

/** What chains and batches have to do with a job, or with one that is still to be pushed. W1, W2 */
public sealed interface WorkflowCause extends Cause {
    /** A job, in a few words. */
    record Front(String jobId, String type, String queue, JobState state) {
        public static Front of(StoredJob job) {
            return new Front(job.id(), job.type(), job.queue(), job.state());
        }

        String text() {
            return "job " + jobId + " (" + type + " on " + queue + ")";
        }
    }

    /**
     * It is a link of a chain, and not pushed yet.
     *
     * @param place how many jobs behind {@code front} it comes: 1 is the next
     * @param front the job at which its chain is now
     */
    record LinkWaits(int place, Front front) implements WorkflowCause {
        @Override
        public Map<String, Object> details() {
            return Lists.details(
                    "place",
                    place,
                    "front",
                    front.jobId(),
                    "state",
                    front.state().name());
        }

        @Override
        public String code() {
            return "chain-link";
        }

        @Override
        public String text() {
            String link = "It is a link of a chain and is pushed when its turn has come: number " + place + " behind "
                    + front.text();
            return front.state() == JobState.FAILED
                    ? link + ", which has FAILED: the chain has ended, unless that job is retried."
                    : link + ", which is " + front.state() + ".";
        }
    }

    /** It is pushed only if a job of its chain fails. */
    record CatchWaits(Front front) implements WorkflowCause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("front", front.jobId(), "state", front.state().name());
        }

        @Override
        public String code() {
            return "chain-catch";
        }

        @Override
        public String text() {
            return "It is pushed only if its chain fails, which is now at " + front.text() + ", " + front.state() + ".";
        }
    }

    /**
     * It was the first job of a chain, which has come further.
     *
     * @param front the job at which the chain is now
     * @param remaining how many jobs follow on that
     */
    record ChainAt(Front front, int remaining) implements WorkflowCause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("front", front.jobId(), "state", front.state().name(), "remaining", remaining);
        }

        @Override
        public String code() {
            return "chain-at";
        }

        @Override
        public String text() {
            return "The chain that it began is at " + front.text() + ", which is " + front.state() + "; " + remaining
                    + " follow.";
        }
    }

    /**
     * It is a batch, a callback of one, or a link that follows on one, which waits for the batch's jobs.
     *
     * @param awaits what must happen to the batch first
     * @param pending jobs of it that have not ended
     * @param open its creator has not added all of its jobs yet, or died before
     */
    record BatchRuns(String batchId, String name, BatchEvent awaits, int pending, int failed, int total, Open open)
            implements WorkflowCause {
        /** Whether jobs are still to be added by who created it. */
        public enum Open {
            YES,
            NO
        }

        public static BatchRuns of(StoredBatch batch, BatchEvent awaits) {
            return new BatchRuns(
                    batch.id(),
                    batch.name(),
                    awaits,
                    batch.pending(),
                    batch.failed(),
                    batch.total(),
                    batch.open() ? Open.YES : Open.NO);
        }

        @Override
        public Map<String, Object> details() {
            return Lists.details(
                    "batch",
                    batchId,
                    "name",
                    name,
                    "awaits",
                    awaits.word(),
                    "pending",
                    pending,
                    "failed",
                    failed,
                    "total",
                    total,
                    "open",
                    open == Open.YES);
        }

        @Override
        public String code() {
            return "batch";
        }

        @Override
        public String text() {
            return "Batch " + batchId + " \"" + name + "\" has " + pending + " of " + total + " jobs pending, " + failed
                    + " failed"
                    + (open == Open.YES ? ", and is not complete: more of its jobs are being pushed" : "")
                    + "; what waits for its \"" + awaits.word() + "\" is pushed then.";
        }
    }

    /** It is a batch that has ended, or waits for something that will not happen to one that has. */
    record BatchEnded(String batchId, String name, Instant at, int failed, int total) implements WorkflowCause {
        @Override
        public Map<String, Object> details() {
            return Lists.details("batch", batchId, "name", name, "at", at.toString(), "failed", failed, "total", total);
        }

        @Override
        public String code() {
            return "batch-ended";
        }

        @Override
        public String text() {
            return "Batch " + batchId + " \"" + name + "\" has ended at " + at + ", " + failed + " of " + total
                    + " jobs failed; what had to follow on that was pushed then.";
        }
    }

    /** Its batch is cancelled: it still reaches its handler, unless that skips it. */
    record BatchCancelled(String batchId, String name, Instant at) implements WorkflowCause {
        @Override
        public Map<String, Object> details() {
            return Map.of("batch", batchId, "name", name, "at", at.toString());
        }

        @Override
        public String code() {
            return "batch-cancelled";
        }

        @Override
        public String text() {
            return "Its batch " + batchId + " \"" + name + "\" was cancelled at " + at
                    + "; it still reaches its handler, unless SkipIfBatchCancelled drops it then.";
        }
    }
}
