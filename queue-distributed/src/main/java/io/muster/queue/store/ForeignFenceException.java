package io.muster.queue.store;

/** The store belongs to another coordinator's line of terms; nothing is written before an operator adopts it (C11). */
public final class ForeignFenceException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Says whose the group is, and how to adopt it. */
    public static ForeignFenceException of(Fence refused, String accepted) {
        return new ForeignFenceException(
                "Group \"" + refused.group() + "\" of this store belongs to the coordinator with identity "
                        + accepted + ", not to this one with " + refused.identity()
                        + ": the coordinator was wiped or replaced, or the store belongs to another cluster; nothing was written. If this"
                        + " coordinator is the right one, adopt it: ./muster adopt --cluster URI --store URI --group "
                        + refused.group());
    }

    public ForeignFenceException(String message) {
        super(message);
    }

    public ForeignFenceException(String message, Throwable cause) {
        super(message, cause);
    }
}
