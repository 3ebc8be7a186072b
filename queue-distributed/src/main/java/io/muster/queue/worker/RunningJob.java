package io.muster.queue.worker;

import java.time.Duration;
import java.util.Set;

/**
 * A job that runs in this process at this moment. J8
 *
 * @param attempt which handler start this is, from 1
 * @param runningFor since its handler was started
 * @param progress what the handler says of it, in percent; 0 if nothing
 */
public record RunningJob(
        String jobId, String type, String queue, int attempt, Duration runningFor, int progress, Set<String> tags) {}
