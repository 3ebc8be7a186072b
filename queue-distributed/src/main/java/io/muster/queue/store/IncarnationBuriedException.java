package io.muster.queue.store;

/** This incarnation was buried; nothing was applied and nothing ever will be: rejoin as a new one. */
public final class IncarnationBuriedException extends StoreException {
    private static final long serialVersionUID = 1L;

    public IncarnationBuriedException(String message) {
        super(message);
    }

    public IncarnationBuriedException(String message, Throwable cause) {
        super(message, cause);
    }
}
