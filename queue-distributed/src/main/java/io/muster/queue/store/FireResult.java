package io.muster.queue.store;

import java.util.List;

/** What became of a {@link Firing}. */
public sealed interface FireResult {
    /** The schedule stands behind the tick, and its jobs are pushed as far as {@code jobs} says: one outcome per job. */
    record Fired(List<PushOutcome> jobs) implements FireResult {
        public Fired {
            jobs = List.copyOf(jobs);
        }
    }

    /** The schedule is not at the expected version any more, or gone; nothing was done. */
    record Moved() implements FireResult {}
}
