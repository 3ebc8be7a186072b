package io.muster.queue.store;

/** The store belongs to another coordinator's line of terms; nothing is written before an operator adopts it (C11). */
public final class ForeignFenceException extends StoreException {
    private static final long serialVersionUID = 1L;

    public ForeignFenceException(String message) {
        super(message);
    }

    public ForeignFenceException(String message, Throwable cause) {
        super(message, cause);
    }
}
