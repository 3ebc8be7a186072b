package io.muster.integration;

/**
 * A job that takes its time.
 *
 * @param millis how long its handler sleeps
 */
public record Work(long millis) {
    static final String TYPE = "work";
}
