package io.muster.cluster;

/**
 * A write was sent and its answer never came: it may have been applied, or may still be. Read for your own token before
 * repeating it.
 */
public final class OutcomeUnknownException extends ClusterException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message) {
        super(message);
    }

    public OutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }
}
