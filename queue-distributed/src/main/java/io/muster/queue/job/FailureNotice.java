package io.muster.queue.job;

/** That the store failed a job by itself. Its own type is reserved. J9 */
public record FailureNotice(String jobId) {}
