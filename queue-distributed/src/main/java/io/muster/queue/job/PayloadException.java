package io.muster.queue.job;

/** A payload cannot be written or read: unknown type, or data that does not fit the type's class. */
public final class PayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PayloadException(String message) {
        super(message);
    }

    public PayloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
