package io.muster.queue.store;

/**
 * Entitles its holder to settle a job. All parts are compared; there is one current token per job at most.
 *
 * @param number grows with every assignment of the job
 * @param incarnation to whom it was assigned
 * @param nonce unguessable, so that a re-created job with the same id and number is told apart
 */
public record AttemptToken(String jobId, long number, String incarnation, String nonce) {
    @Override
    public String toString() {
        return jobId + "#" + number + "@" + incarnation;
    }
}
