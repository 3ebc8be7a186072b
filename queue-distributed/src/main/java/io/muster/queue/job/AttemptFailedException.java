package io.muster.queue.job;

/** Why a job failed where nothing was thrown: it timed out, was released once too often, or was failed with a reason. */
public final class AttemptFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AttemptFailedException(String reason) {
        super(reason);
    }
}
