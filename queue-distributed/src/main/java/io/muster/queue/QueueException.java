package io.muster.queue;

/** A queue could not do what it was asked. Names job, queue and connection; the cause says why. F4 */
public final class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QueueException(String message) {
        super(message);
    }

    public QueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
