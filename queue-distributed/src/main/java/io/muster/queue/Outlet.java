package io.muster.queue;

import io.muster.queue.job.JobOptions;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where pushed jobs go: into a store, to the caller's own thread, or nowhere. Thread-safe. */
interface Outlet {
    Instant now();

    /** Waits on the calling thread. */
    void pause(Duration duration);

    String nextId();

    /** The job with the id that its payload is bound to, as jobs are of which nothing else is said ({@link NewJob#toldOf}). */
    NewJob encode(Object job, String queue, JobOptions options, PayloadBinding binding);

    /** What becomes of a job while it is pushed. */
    enum Fate {
        /** A store keeps it, with its keys. */
        KEPT,
        /** It runs in its caller, to its end. */
        RUNS,
        DROPPED
    }

    Fate fate(NewJob job);

    PushOutcome push(NewJob job);

    CompletableFuture<PushOutcome> pushAsync(NewJob job);

    List<PushOutcome> bulk(List<NewJob> jobs);
}
