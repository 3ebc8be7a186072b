package io.muster.cluster;

/**
 * Something that ought to work did not. The subclass says what the caller may conclude: not applied
 * ({@link ClusterUnavailableException}), maybe applied ({@link OutcomeUnknownException}), over for good
 * ({@link SessionLostException}, {@link StaleTokenException}) or wrongly set up ({@link ClusterConfigurationException}).
 * Expected outcomes, such as a lock that is busy, are values and not exceptions.
 */
public abstract sealed class ClusterException extends RuntimeException
        permits ClusterUnavailableException,
                OutcomeUnknownException,
                SessionLostException,
                StaleTokenException,
                ClusterConfigurationException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message) {
        super(message);
    }

    ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
