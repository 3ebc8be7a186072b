package io.muster.queue.jdbc;

import io.muster.queue.store.Counters;
import java.util.List;

/**
 * Jobs that are alike in what decides who may have them, in the order of their places.
 *
 * @param id grows with every lane made
 */
record Lane(long id, String queue, String type, int priority) {
    /** So many places for ready jobs has a lane, of which the first is that of jobs above suspicion. */
    static final int KINDS = 4;

    private static final int SUSPECT = 1;

    /** Where a ready job of the lane stands: suspects apart, so that they hide nobody. */
    long ready(Counters counters) {
        return id * KINDS + (counters.isSuspect() ? SUSPECT : 0);
    }

    /** All places where ready jobs of the lane stand. */
    List<Long> readies() {
        return List.of(id * KINDS, id * KINDS + SUSPECT);
    }

    /** The lane of a place where ready jobs stand. */
    static long idOf(long ready) {
        return ready / KINDS;
    }

    /** Whether suspects stand there. */
    static boolean isSuspect(long ready) {
        return ready % KINDS == SUSPECT;
    }

    /** Its name in the database. */
    static String name(String queue, String type, int priority) {
        return Names.encoded(queue) + "/" + Names.encoded(type) + "/" + priority;
    }

    static Lane of(long id, String name) {
        String[] parts = name.split("/", -1);
        return new Lane(id, Names.decoded(parts[0]), Names.decoded(parts[1]), Integer.parseInt(parts[2]));
    }
}
