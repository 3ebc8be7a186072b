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
}
