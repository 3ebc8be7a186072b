package io.muster.queue.explain;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
     * It, or the job that it follows on, has its turn and is not pushed yet: another queue's slot or another connection is written by the leader, soon
     * after what it follows on has ended.
     *
     * @param of what the id asked for has to do with the job that is on its way
     * @param jobId of the job that is on its way
     * @param connection that it is for; empty: this one
     * @param held what keeps the leader from pushing it; empty: nothing that is known
     */
    record OnItsWay(
            Share of, String jobId, String type, String queue, Optional<String> connection, Optional<HeldUp> held)
            implements WorkflowCause {
        /** What an id has to do with a job that is on its way. */
        public enum Share {
            /** It is that job. */
            ITSELF,
            /** It is a link behind it. */
            LINK,
            /** It is pushed if that one fails. */
            CATCH,
            /** It began the chain that is there now. */
            CHAIN
        }

        /**
         * What keeps a leader from pushing something.
         *
         * @param leader the node that tried
         * @param since the first time that it could not
         */
        public record HeldUp(String leader, Instant since, String reason) {}

        @Override
        public Map<String, Object> details() {
            return Lists.details(
                    "of",
                    of.name(),
                    "job",
                    jobId,
                    "type",
                    type,
                    "queue",
                    queue,
                    "connection",
                    connection,
                    "leader",
                    held.map(HeldUp::leader),
                    "since",
                    held.map(why -> why.since().toString()),
                    "reason",
                    held.map(HeldUp::reason));
        }

        @Override
        public String code() {
            return "on-its-way";
        }

        @Override
        public String text() {
            String job = "job " + jobId + " (" + type + ")";
            String who =
                    switch (of) {
                        case ITSELF -> "It";
                        case LINK ->
                            "It is a link of a chain and is pushed when its turn has come: it comes behind " + job
                                    + ", which";
                        case CATCH -> "It is pushed only if its chain fails, which is now at " + job + ": that one";
                        case CHAIN -> "The chain that it began is at " + job + ", which";
                    };
            String where = connection
                            .map(name -> "connection \"" + name + "\", queue \"")
                            .orElse("queue \"") + queue + "\"";
            return who + " is on its way to " + where
                    + held.map(why -> ", where " + why.leader() + ", which leads, could not push it since "
                                    + why.since() + ": " + why.reason() + ". It is tried again by itself.")
                            .orElse("; the leader pushes it there next.");
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
