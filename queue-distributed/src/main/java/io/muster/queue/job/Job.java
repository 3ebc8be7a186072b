package io.muster.queue.job;

/**
 * A job that handles itself: a record or class whose fields are its data. A handler registered for its class replaces
 * {@link #handle}, for instance to pass it more. J1
 *
 * <pre>{@code
 * @JobName("podcast.process")
 * record ProcessPodcast(long id) implements Job {
 *     public void handle(JobContext context) {
 *         context.get(Podcasts.class).process(id);
 *     }
 * }
 * }</pre>
 */
public interface Job extends Dispatchable {
    /**
     * Does the work, as {@link Handler#handle} says.
     *
     * @throws Exception any failure; the job is retried as its options say
     */
    void handle(JobContext context) throws Exception;
}
