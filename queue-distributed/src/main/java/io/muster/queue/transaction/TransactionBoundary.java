package io.muster.queue.transaction;

/**
 * Knows the transactions that are open on the calling thread, of one kind: those of a framework, or of connections that it watches. Implementations
 * are thread-safe. J4
 */
@FunctionalInterface
public interface TransactionBoundary {
    /**
     * Has {@code action} run once, on this thread, when all transactions have committed that are open now on this thread; never if one of them
     * is rolled back, also to a savepoint from before this call, ends without a word, or with an unknown outcome.
     *
     * @return whether one is open; if not, {@code action} is not run
     */
    boolean afterCommit(Runnable action);
}
