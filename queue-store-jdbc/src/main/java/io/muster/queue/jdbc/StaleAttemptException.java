package io.muster.queue.jdbc;

/** The attempt is not the job's current one: what the transaction did must not be committed. Roll it back. */
public final class StaleAttemptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StaleAttemptException(String message) {
        super(message);
    }
}
