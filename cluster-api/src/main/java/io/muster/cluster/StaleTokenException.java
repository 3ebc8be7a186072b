package io.muster.cluster;

/** Somebody newer owns what this token stood for: nothing was applied, stop. */
public final class StaleTokenException extends ClusterException {
    private static final long serialVersionUID = 1L;

    public StaleTokenException(String message) {
        super(message);
    }
}
