package io.muster.queue.job;

/**
 * Who wins where several say how a job is run: what is said at dispatch, then what the job says itself, then its type (an option of the
 * registration before one of the annotation), then the worker pool, then the default. Each option is looked up on its own; nothing is
 * merged anywhere else. J2
 */
public final class Precedence {
    private Precedence() {}

    /** What a job is pushed with. */
    public static JobOptions atDispatch(JobOptions dispatch, Object job, JobType<?> type) {
        return dispatch.or(ofJob(job)).or(type.options());
    }

    /** What a job without a type runs with, in its caller. */
    public static JobOptions atDispatch(JobOptions dispatch, Object job) {
        return dispatch.or(ofJob(job)).or(Declared.options(job.getClass()));
    }

    /**
     * What an attempt runs with: what was pushed; of what was left out then, as after a raw push, what the type says here; then the pool's
     * defaults.
     */
    public static AttemptOptions atAttempt(JobOptions pushed, JobType<?> type, JobOptions pool) {
        return AttemptOptions.of(pushed.or(type.options()).or(pool));
    }

    private static JobOptions ofJob(Object job) {
        return job instanceof Dispatchable says ? says.options() : JobOptions.DEFAULT;
    }
}
