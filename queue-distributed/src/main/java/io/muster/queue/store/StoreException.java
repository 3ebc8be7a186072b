package io.muster.queue.store;

/** A store did not do what it was asked; the subclass says what may be concluded. */
public abstract sealed class StoreException extends RuntimeException
        permits StoreUnavailableException,
                StoreOutcomeUnknownException,
                StoreFullException,
                StaleFenceException,
                ForeignFenceException,
                IncarnationBuriedException {
    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
