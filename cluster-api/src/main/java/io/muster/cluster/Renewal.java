package io.muster.cluster;

/** How a renewal ended. */
public enum Renewal {
    RENEWED,
    /** It is not held any more; nothing changed. */
    NOT_OWNER,
    /** The coordinator did not answer; count with the old end. */
    UNKNOWN
}
