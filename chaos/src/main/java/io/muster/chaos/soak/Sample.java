package io.muster.chaos.soak;

/**
 * A figure at one rest.
 *
 * @param life which process counted, by its pid; empty: a server
 */
public record Sample(Rest rest, long nanos, String life, long value) {}
