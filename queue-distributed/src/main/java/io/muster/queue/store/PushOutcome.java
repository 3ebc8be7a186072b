package io.muster.queue.store;

/** What became of one pushed job. */
public sealed interface PushOutcome {
    String jobId();

    /** Accepted. */
    record Pushed(String jobId) implements PushOutcome {}

    /** A job with this id is known already, live or remembered; nothing was pushed. */
    record SameId(String jobId) implements PushOutcome {}

    /** Another live job holds the unique key; nothing was pushed. */
    record DuplicateOf(String jobId, String holderJobId) implements PushOutcome {}

    /** It names a batch to which it cannot be added; nothing was pushed. W2 */
    record NotInBatch(String jobId, String batchId, Why why) implements PushOutcome {
        public enum Why {
            /** No such batch is known; perhaps it was pruned. */
            UNKNOWN,
            FINISHED,
            /** The batch is on another queue. */
            OTHER_QUEUE
        }
    }
}
