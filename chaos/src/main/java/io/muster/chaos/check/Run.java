package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import java.util.Optional;

/**
 * A handler that began, and how it ended if it did.
 *
 * @param end empty if its process died or was stopped
 */
record Run(Event begin, Optional<Event> end) {
    static final String DONE = "done";
    static final String THREW = "threw";
    /** Of each job of a run. */
    private static final int TRIES = 4;

    String job() {
        return begin.text("job");
    }

    String plan() {
        return begin.text("plan");
    }

    String part() {
        return begin.text("part");
    }

    String overlap() {
        return begin.text("overlap");
    }

    long fence() {
        return begin.number("fence");
    }

    long began() {
        return begin.nanos();
    }

    boolean ended(String how) {
        return end.filter(event -> event.text("how").equals(how)).isPresent();
    }

    /** It used up its tries. */
    boolean threwForTheLastTime() {
        return ended(THREW) && begin.number("attempt") >= TRIES;
    }

    /** A few words for people. */
    @Override
    public String toString() {
        return job() + " (" + plan() + "/" + part() + ") under token " + fence() + " on " + begin.process();
    }
}
