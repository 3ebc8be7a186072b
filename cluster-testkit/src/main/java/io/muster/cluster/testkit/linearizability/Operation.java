package io.muster.cluster.testkit.linearizability;

/**
 * Something that a client did, as a history records it.
 *
 * @param key the object it was done to; histories of different keys are checked apart
 * @param client who did it; for people only
 * @param content what was asked and answered, in the terms of a {@link Model}
 * @param called monotonic time in nanoseconds, taken before it was begun
 * @param returned time taken after it had ended; {@link #NEVER} if its outcome is unknown, so that it may have taken effect at
 *     any moment since, may do so later, or never will
 */
public record Operation<C>(String key, String client, C content, long called, long returned) {
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if (returned < called) {
            throw new IllegalArgumentException("returned before it was called: " + content);
        }
    }

    /** One whose outcome is known. */
    public static <C> Operation<C> known(String key, String client, C content, long called, long returned) {
        if (returned == NEVER) {
            throw new IllegalArgumentException("no time to return at: " + content);
        }
        return new Operation<>(key, client, content, called, returned);
    }

    /** One that may take effect at any time from {@code called}, or never. */
    public static <C> Operation<C> perhaps(String key, String client, C content, long called) {
        return new Operation<>(key, client, content, called, NEVER);
    }

    /** Whether it must have taken effect before it returned. */
    public boolean isKnown() {
        return returned != NEVER;
    }
}
