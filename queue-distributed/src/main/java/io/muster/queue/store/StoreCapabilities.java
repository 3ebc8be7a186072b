package io.muster.queue.store;

import java.time.Duration;
import java.util.List;

/**
 * Numbers in which stores differ.
 *
 * @param store name for people: memory, cluster, redis, postgresql …
 * @param mostPayloadBytes size of one job's payload
 * @param mostPushBatch jobs per push that are applied all or nothing
 * @param mostPushBytes what these may take together, as {@link #fitting} counts it; room for one job in any case
 * @param remembersIdsFor how long a settled job's id is remembered at least, unless the leader's retention is shorter
 * @param keepsBatches whether it has a {@link JobStore#batches} desk and gives failure notices ({@link NewJob#tellsFailure}); one that has not
 *     refuses jobs of batches
 * @param durability what survives which crash, one sentence for people
 */
public record StoreCapabilities(
        String store,
        int mostPayloadBytes,
        int mostPushBatch,
        int mostPushBytes,
        Duration remembersIdsFor,
        boolean keepsBatches,
        String durability) {
    /** What a store writes for each character of names and keys, as often as it does and however it encodes them, and beside them. */
    private static final int BYTES_PER_CHARACTER = 30;

    private static final int BYTES_PER_JOB = 1024;

    /** How many of these, from the front, one push takes; one in any case. */
    public int fitting(List<NewJob> jobs) {
        return Math.max(Math.min(1, jobs.size()), fitting(jobs, List.of()));
    }

    /** As {@link #fitting(List)}, beside {@code others} that are written in the same operation; none if these need all the room. */
    public int fitting(List<NewJob> jobs, List<NewJob> others) {
        long bytes = others.stream().mapToLong(StoreCapabilities::bytes).sum();
        int most = Math.min(jobs.size(), mostPushBatch);
        for (int i = 0; i < most; i++) {
            bytes += bytes(jobs.get(i));
            if (bytes > mostPushBytes) {
                return i;
            }
        }
        return most;
    }

    private static long bytes(NewJob job) {
        int characters = job.id().length() + job.queue().length() + job.type().length();
        if (job.unique().isPresent()) {
            characters += job.unique().get().key().length();
        }
        if (job.overlap().isPresent()) {
            characters += job.overlap().get().key().length();
        }
        if (job.batch().isPresent()) {
            characters += job.batch().get().batchId().length();
        }
        return BYTES_PER_JOB + job.payload().length + (long) BYTES_PER_CHARACTER * characters;
    }

    /**
     * For stores: refuses what one push does not take.
     *
     * @throws IllegalArgumentException names the limit; nothing was pushed
     */
    public void checkPush(List<NewJob> jobs) {
        if (jobs.size() > mostPushBatch) {
            throw new IllegalArgumentException(
                    "A push has at most " + mostPushBatch + " jobs here, not " + jobs.size() + "; nothing was pushed");
        }
        checkPayloads(jobs);
        if (fitting(jobs) < jobs.size()) {
            throw new IllegalArgumentException("The jobs of a push have at most " + mostPushBytes
                    + " bytes here, their names and keys among them, and these " + jobs.size()
                    + " have more; nothing was pushed");
        }
    }

    /** As {@link #checkPush}, of jobs that are not pushed together. */
    public void checkPayloads(List<NewJob> jobs) {
        for (NewJob job : jobs) {
            if (job.payload().length > mostPayloadBytes) {
                throw new IllegalArgumentException("The payload of job " + job.id() + " has " + job.payload().length
                        + " bytes, at most " + mostPayloadBytes + " are possible; nothing was pushed");
            }
        }
    }

    /**
     * For stores: refuses what one without batches cannot keep.
     *
     * @throws UnsupportedOperationException a job belongs to a batch and this store has none
     */
    public void checkBatches(List<NewJob> jobs) {
        if (!keepsBatches && jobs.stream().anyMatch(job -> job.batch().isPresent())) {
            throw noBatches();
        }
    }

    UnsupportedOperationException noBatches() {
        return new UnsupportedOperationException("Store " + store + " keeps no batches; nothing was done");
    }
}
