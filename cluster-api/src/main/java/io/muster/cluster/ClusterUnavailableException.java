package io.muster.cluster;

/** The coordinator did not answer or cannot serve now, and nothing was applied: safe to repeat. */
public final class ClusterUnavailableException extends ClusterException {
    private static final long serialVersionUID = 1L;

    public ClusterUnavailableException(String message) {
        super(message);
    }

    public ClusterUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
