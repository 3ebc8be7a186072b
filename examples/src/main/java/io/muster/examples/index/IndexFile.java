package io.muster.examples.index;

import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import java.time.Duration;

/**
 * A job: index this file.
 *
 * @param path of the file, on the machine of the node that runs the job
 * @param key what the caller knows the job by, such as pass and relative path
 */
public record IndexFile(String path, String key) {
    /** How jobs of this type are stored and run. */
    public static final JobType<IndexFile> TYPE = new JobType<>(
            "index-file",
            IndexFile.class,
            JobOptions.DEFAULT.withTries(3).withBackoff(Duration.ofMillis(200)).withTimeout(Duration.ofSeconds(30)));
}
