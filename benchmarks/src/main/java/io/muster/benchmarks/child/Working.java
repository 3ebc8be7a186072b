package io.muster.benchmarks.child;

import java.util.Map;

/** One system as a worker process sees it. */
interface Working extends AutoCloseable {
    /** Takes no more jobs; not asked of systems that pause their queue. */
    default void pause() throws Exception {
        throw new UnsupportedOperationException("this worker is not paused; its queue is");
    }

    default void resume() throws Exception {
        throw new UnsupportedOperationException("this worker is not resumed; its queue is");
    }

    /** Jobs settled since the start, if the system can say so in passing; else -1, and handler runs are counted instead. */
    default long settled() {
        return -1;
    }

    default Map<String, Object> introduction() {
        return Map.of();
    }

    @Override
    void close();
}
