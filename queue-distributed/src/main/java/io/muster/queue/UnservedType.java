package io.muster.queue;

/**
 * Jobs that wait because no node which serves their queue handles their type. J1
 *
 * @param jobs how many were found; at least 1, and no more than a bounded search saw
 */
public record UnservedType(String queue, String type, int jobs) {}
