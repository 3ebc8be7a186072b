package io.muster.cluster;

/** One leadership of a group. Thread-safe. C4 */
public interface Term {
    String group();

    /** Larger than every earlier term of any group in this namespace. The fencing token of leader writes. */
    long number();

    /** Names the coordinator's line of terms; numbers of different lines cannot be compared. C11 */
    String identity();

    /**
     * Whether this node may still believe that it leads, judged now by the monotonic clock. Where
     * {@link io.muster.cluster.spi.Capabilities#minimumSessionLife()} holds, nobody else leads while this is true. Advice
     * all the same: a pause may follow; writes carry {@link #number()} and the store refuses stale ones.
     */
    boolean isTrusted();
}
