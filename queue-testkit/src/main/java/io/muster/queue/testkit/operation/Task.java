package io.muster.queue.testkit.operation;

import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import java.time.Duration;

/**
 * The one type of job that is dispatched.
 *
 * @param name what it is called in the model, once per run
 * @param plan what its handler does
 */
public record Task(String name, Plan plan) {
    static final int TRIES = 3;
    private static final int NEVER = 1_000;
    private static final Duration ENDLESS = Duration.ofHours(5);

    /** What a handler does. */
    public enum Plan {
        COMPLETES,
        /** Puts itself back twice, then completes. */
        RELEASES,
        /** Throws twice, then completes. */
        RECOVERS,
        /** Throws until its tries are used up. */
        THROWS,
        /** Fails at its first try. */
        FAILS,
        /** Fails until somebody retries it. */
        FAILS_UNTIL_RETRIED,
        DELETES,
        /** Runs until it is told to end. */
        WAITS,
        /** Adds another job to its batch. */
        ADDS;

        boolean fails() {
            return this == THROWS || this == FAILS || this == FAILS_UNTIL_RETRIED;
        }
    }

    static JobType<Task> type() {
        return new JobType<>(
                "task",
                Task.class,
                JobOptions.DEFAULT
                        .withTries(TRIES)
                        .withBackoff(Duration.ZERO)
                        .withMaxCrashes(NEVER)
                        .withTimeout(ENDLESS));
    }
}
