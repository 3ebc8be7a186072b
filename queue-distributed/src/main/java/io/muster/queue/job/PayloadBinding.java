package io.muster.queue.job;

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
        BENEATH
    }

    /** This job alone. */
    public static PayloadBinding job(String id) {
        return new PayloadBinding(id, Reach.JOB);
    }

    /** All jobs whose ids begin with {@code id} and a point. */
    public static PayloadBinding beneath(String id) {
        return new PayloadBinding(id, Reach.BENEATH);
    }

    /** A job that may have the payload. */
    public String anyJob() {
        return reach == Reach.JOB ? id : id + ".any";
    }

    boolean covers(String jobId) {
        return reach == Reach.JOB ? jobId.equals(id) : jobId.startsWith(id + ".");
    }
}
