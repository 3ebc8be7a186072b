package io.muster.chaos.check;

import io.muster.chaos.history.Event;

/**
 * A fault, from its beginning until it was over.
 *
 * @param fault its kind
 * @param target what it befell
 */
public record Span(Event begin, long from, long to, String fault, String target) {
    /** Whether it holds at some moment between these two. */
    boolean touches(long since, long until) {
        return from <= until && to >= since;
    }
}
