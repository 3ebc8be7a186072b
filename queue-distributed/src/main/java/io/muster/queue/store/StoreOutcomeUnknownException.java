package io.muster.queue.store;

/** The store did not answer in time; some or all may have been applied. */
public final class StoreOutcomeUnknownException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreOutcomeUnknownException(String message) {
        super(message);
    }

    public StoreOutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }
}
