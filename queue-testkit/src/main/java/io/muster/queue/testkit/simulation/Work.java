package io.muster.queue.testkit.simulation;

/**
 * A job of the simulation.
 *
 * @param name what it is called, once per run
 * @param lastsMillis how long its handler takes
 * @param end how its handler ends
 */
public record Work(String name, int lastsMillis, End end) {
    static final int TRIES = 3;

    /** How a handler ends. */
    public enum End {
        WELL,
        /** Asks to run again until its last try. */
        RELEASED,
        /** Fails for good at its first try. */
        FAILED,
        /** Kills its process, each time. */
        POISON
    }
}
