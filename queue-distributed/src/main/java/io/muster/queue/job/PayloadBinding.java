package io.muster.queue.job;

import io.muster.queue.store.BatchEvent;

/**
 * The job that an encrypted payload belongs to, beside its type. J6
 *
 * @param id of the job, or where its id begins
 * @param reach which jobs may have the payload
 */
public record PayloadBinding(String id, Reach reach) {
    /** Which jobs it speaks of. */
    public enum Reach {
        /** The job with this id. */
        JOB,
        /** Jobs whose ids are this one, a point and more: those of a schedule, which are made where no key may be. */
        BENEATH,
        /** Progress callbacks of a batch, whose ids are those of its members with a word behind them. */
        PROGRESS
    }

    private static final String PROGRESS_ENDING = "." + BatchEvent.PROGRESS.word();

    /** This job alone. */
    public static PayloadBinding job(String id) {
        return new PayloadBinding(id, Reach.JOB);
    }

    /** All jobs whose ids begin with {@code id} and a point. */
    public static PayloadBinding beneath(String id) {
        return new PayloadBinding(id, Reach.BENEATH);
    }

    /** The progress callbacks of a batch. */
    public static PayloadBinding progress(String batchId) {
        return new PayloadBinding(batchId, Reach.PROGRESS);
    }

    /** A job that may have the payload. */
    public String anyJob() {
        return switch (reach) {
            case JOB -> id;
            case BENEATH -> id + ".any";
            case PROGRESS -> "any" + PROGRESS_ENDING;
        };
    }

    boolean covers(String jobId) {
        return switch (reach) {
            case JOB -> jobId.equals(id);
            case BENEATH -> jobId.startsWith(id + ".");
            case PROGRESS -> jobId.endsWith(PROGRESS_ENDING);
        };
    }
}
