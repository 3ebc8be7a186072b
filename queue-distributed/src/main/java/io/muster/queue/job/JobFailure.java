package io.muster.queue.job;

/** Which job failed, and why: what a callback is told. W1, W2 */
public record JobFailure(String jobId, String reason) {}
