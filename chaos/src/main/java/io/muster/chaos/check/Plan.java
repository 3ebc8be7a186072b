package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client set out to push under one name, once or again and again after unknown outcomes.
 *
 * @param count links or members; 1 for a single job
 * @param failsAt the link that fails; -1: none
 * @param pushing when each try began
 * @param pushed what each try was told
 */
record Plan(
        String name,
        Work work,
        int count,
        int failsAt,
        String unique,
        String overlap,
        List<Event> pushing,
        List<Event> pushed) {
    static final String PUSHED = "pushed";
    static final String DUPLICATE = "duplicate";
    static final String REFUSED = "refused";
    static final String UNKNOWN = "unknown";

    static Plan of(Event first) {
        return new Plan(
                first.text("plan"),
                Work.valueOf(first.text("work")),
                (int) first.number("count"),
                first.text("failsAt").isEmpty() ? -1 : (int) first.number("failsAt"),
                first.text("unique"),
                first.text("overlap"),
                new ArrayList<>(),
                new ArrayList<>());
    }

    boolean isSingle() {
        return work != Work.CHAIN && work != Work.BATCH;
    }

    /** The first answer that said that the store has it. */
    Optional<Event> acknowledged() {
        return pushed.stream()
                .filter(told -> told.text("outcome").equals(PUSHED))
                .findFirst();
    }

    /** Whether each try was answered, and by a no. */
    boolean isRefused() {
        return pushed.size() == pushing.size()
                && !pushed.isEmpty()
                && pushed.stream()
                        .allMatch(told -> told.text("outcome").equals(REFUSED)
                                || told.text("outcome").equals(DUPLICATE));
    }
}
