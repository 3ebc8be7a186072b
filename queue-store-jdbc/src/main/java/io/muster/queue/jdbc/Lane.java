package io.muster.queue.jdbc;

import io.muster.queue.store.Counters;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Jobs that are alike in what decides who may have them, in the order of their places.
 *
 * @param id grows with every lane made
 */
record Lane(long id, String queue, String type, int priority) {
    /** So many places for ready jobs has a lane, of which the first is that of jobs above suspicion. */
    static final int KINDS = 4;

    private static final int SUSPECT = 1;
    /** Queue and type of one that cannot be read. */
    static final String UNREADABLE = "unreadable";

    private static final Pattern NAME = Pattern.compile("(?<queue>[^/]+)/(?<type>[^/]+)/(?<priority>-?\\d{1,4})");

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

    /** One whose name was written by somebody else is that of a queue and type that nobody has. */
    static Lane of(long id, String name) {
        Matcher form = NAME.matcher(name);
        return form.matches()
                ? new Lane(
                        id,
                        Names.decoded(form.group("queue")),
                        Names.decoded(form.group("type")),
                        Integer.parseInt(form.group("priority")))
                : unreadable(id);
    }

    /** Whether it is the name of one. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Stands for one that cannot be read, or is not there. */
    static Lane unreadable(long id) {
        return new Lane(id, UNREADABLE, UNREADABLE, 0);
    }
}
