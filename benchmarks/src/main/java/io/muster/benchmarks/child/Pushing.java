package io.muster.benchmarks.child;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One system as a producer sees it. Thread-safe; blocks until what was pushed is accepted. */
interface Pushing extends AutoCloseable {
    void push(Payload payload) throws Exception;

    /** As {@link #push}, without waiting. */
    default CompletableFuture<?> pushAsync(Payload payload) {
        throw new UnsupportedOperationException("a push waits for its end");
    }

    void bulk(List<Payload> payloads) throws Exception;

    /** How many jobs are pushed and not settled. */
    long left() throws Exception;

    /** Nothing of the queue is handed out until {@link #resume}, where the system has that; else its workers are paused. */
    default void pause() throws Exception {
        throw new UnsupportedOperationException("a queue cannot be paused");
    }

    default void resume() throws Exception {
        throw new UnsupportedOperationException("a queue cannot be resumed");
    }

    /** Changes what is kept there, for an extra measurement. */
    default void prepare(String what, int count) throws Exception {
        throw new UnsupportedOperationException("cannot prepare " + what);
    }

    @Override
    void close();
}
