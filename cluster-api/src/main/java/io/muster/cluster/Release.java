package io.muster.cluster;

/** How a release ended. */
public enum Release {
    RELEASED,
    /** It was not held any more, perhaps it is held by somebody else now; nothing changed. */
    NOT_OWNER,
    /** The coordinator did not answer; it ends by its TTL or session at the latest. */
    UNKNOWN
}
