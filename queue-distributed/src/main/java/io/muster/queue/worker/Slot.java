package io.muster.queue.worker;

import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Attempt;
import java.util.Optional;

/** An attempt in a slot. Its fields belong to {@link Slots}. */
final class Slot {
    final Attempt attempt;
    final Runner runner;
    Optional<HandlerRun> run = Optional.empty();
    long timeoutAtNanos;

    Slot(Attempt attempt, Runner runner) {
        this.attempt = attempt;
        this.runner = runner;
    }

    String jobId() {
        return attempt.token().jobId();
    }

    /** The task that runs one attempt after the other. Its field belongs to the pool's loop. */
    static final class Runner {
        Timeline.Task task = new Unstarted();
    }

    /** Stands in until the task exists. */
    private static final class Unstarted implements Timeline.Task {
        @Override
        public void interrupt() {}

        @Override
        public boolean ended() {
            return false;
        }
    }
}
