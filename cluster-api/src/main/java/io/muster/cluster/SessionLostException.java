package io.muster.cluster;

/** The session has ended: every lock, membership and leadership that hung on it is gone. Final for that session. */
public final class SessionLostException extends ClusterException {
    private static final long serialVersionUID = 1L;

    public SessionLostException(String message) {
        super(message);
    }

    public SessionLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
