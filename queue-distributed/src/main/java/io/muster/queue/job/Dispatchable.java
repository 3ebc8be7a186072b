package io.muster.queue.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a job may say of itself beyond its data. A job class implements it if it has something to say; {@link Job} includes it. None of
 * these is part of the payload.
 */
public interface Dispatchable {
    /** Options of this very job, computed when it is dispatched; they beat those of its class and lose to those given at dispatch. J2 */
    default JobOptions options() {
        return JobOptions.DEFAULT;
    }

    /** What wraps the handling of this job, the first outermost; asked at each attempt, on the handler's thread. M1 */
    default List<Middleware> middleware() {
        return List.of();
    }

    /**
     * The wait before the next try, computed when an attempt has thrown; empty: as the options say. A negative one is none. J2
     *
     * @param failures how many attempts have failed by now, from 1
     */
    default Optional<Duration> backoff(int failures, Throwable cause) {
        return Optional.empty();
    }

    /**
     * Called when the job fails for good, on a fresh instance read from the payload, on the node of the last attempt and before the store is
     * told: at least once, again if the node dies meanwhile. It has the job's timeout, at most a minute; what it throws is logged and
     * changes nothing. Called also for a job that ends without its handler: served by nobody, crashed too often, with a chain that cannot be
     * read. A payload of which no instance can be made has nobody to call: its chain's {@code catching}, its batch's callbacks and the event
     * {@code JobFailed} are told of it. J9
     *
     * @param cause what the handler threw or failed with, else an {@link AttemptFailedException} that says why
     */
    default void failed(Throwable cause) throws Exception {}
}
