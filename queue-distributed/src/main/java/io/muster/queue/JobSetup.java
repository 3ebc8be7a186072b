package io.muster.queue;

/**
 * What an application brings to its workers: job types, handlers, middleware. Found by {@link java.util.ServiceLoader}, so that
 * {@code muster work} can run its jobs; name the class in {@code META-INF/services/io.muster.queue.JobSetup}.
 */
@FunctionalInterface
public interface JobSetup {
    /** Registers them. Called once, before the process joins the cluster. */
    void prepare(QueueBuilder builder);
}
