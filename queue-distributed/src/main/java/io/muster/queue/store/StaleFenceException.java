package io.muster.queue.store;

/** A newer leader has written: stop leading. Nothing was applied. */
public final class StaleFenceException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StaleFenceException(String message) {
        super(message);
    }

    public StaleFenceException(String message, Throwable cause) {
        super(message, cause);
    }
}
