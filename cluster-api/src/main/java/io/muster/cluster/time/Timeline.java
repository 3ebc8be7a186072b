package io.muster.cluster.time;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Where a component gets time, threads and randomness from, so that a whole cluster can run inside one test thread.
 * Thread-safe.
 */
public interface Timeline {
    /** Wall clock: only for due times of jobs and for what people read. Never for liveness. */
    InstantSource clock();

    /** Monotonic time: for deadlines, trust and liveness. */
    Ticker ticker();

    /** Randomness for jitter, incarnations and tokens; unguessable on the system timeline, seeded on a manual one. */
    RandomGenerator random();

    /** A new loop; its owner closes it. */
    Loop loop(String name);

    /**
     * Runs {@code body} beside the caller: on a virtual thread where the running JDK has them, else on a daemon thread. For
     * user code and for blocking calls that must not delay a loop.
     */
    Task start(String name, Runnable body);

    /**
     * Blocks the caller until {@code signal} is done (normally or not) or {@code deadline} has passed, whichever comes
     * first. The only way to wait. A manual timeline runs meanwhile what is due elsewhere, moving time up to the deadline.
     * An interrupt ends the wait early and stays set.
     *
     * @return whether the signal is done
     */
    boolean await(CompletableFuture<?> signal, Deadline deadline);

    /** A running body. */
    interface Task {
        /** Interrupts the body's thread if the body still runs. Idempotent. */
        void interrupt();

        /** Whether the body has returned or thrown. */
        boolean ended();
    }
}
