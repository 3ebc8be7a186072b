package io.muster.cluster.spi;

/**
 * Identifies one write of one key, to be compared with {@link Compare#unchanged}. Never repeats on a key, not even after
 * deletion and re-creation (on a once-key: not within an hour). What the numbers mean is the backend's own matter; only
 * equality counts.
 */
public record Version(long major, long minor) {}
