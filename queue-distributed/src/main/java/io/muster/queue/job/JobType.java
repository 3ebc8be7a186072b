package io.muster.queue.job;

/**
 * A kind of job that this process knows.
 *
 * @param name stable name, written into every payload's record; choose it once and keep it when the class is renamed
 * @param jobClass what payloads of this type are read as
 * @param options defaults for jobs of this type
 * @param <T> the job's class
 */
public record JobType<T>(String name, Class<T> jobClass, JobOptions options) {}
