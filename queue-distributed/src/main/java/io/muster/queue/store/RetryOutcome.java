package io.muster.queue.store;

/** What became of one failed job that was to run again. F1 */
public sealed interface RetryOutcome {
    String jobId();

    /** Ready again. */
    record Retried(String jobId) implements RetryOutcome {}

    /** No failed job has this id: it is unknown, was forgotten, or lives again already. Nothing changed. */
    record NotFailed(String jobId) implements RetryOutcome {}

    /** Another live job holds its unique key; it stays failed. */
    record DuplicateOf(String jobId, String holderJobId) implements RetryOutcome {}
}
