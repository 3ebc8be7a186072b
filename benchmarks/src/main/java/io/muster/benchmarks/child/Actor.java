package io.muster.benchmarks.child;

import java.util.List;
import java.util.Map;

/** Does what the parent process asks for. Called by one thread. */
interface Actor extends AutoCloseable {
    /**
     * Does it and says what came of it.
     *
     * @throws Exception it could not be done; the message goes to the parent
     */
    Map<String, Object> perform(String verb, List<String> words) throws Exception;

    /** What the parent is told once the actor is ready. */
    default Map<String, Object> introduction() {
        return Map.of();
    }

    @Override
    void close();
}
