package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A job never begins twice under one fencing token, nor do two jobs that share an overlap key; no two leaders have the same term, and
 * nobody sees terms go back.
 */
final class FencesGrow implements Rule {
    @Override
    public String sentence() {
        return "fencing tokens and terms only grow";
    }

    @Override
    public String loss() {
        return "terms lost";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        Map<String, Run> holders = new HashMap<>();
        for (Run run : accounts.runs()) {
            String shared = run.overlap().isEmpty() ? run.job() : "key " + run.overlap();
            Run earlier = holders.putIfAbsent(shared + "#" + run.fence(), run);
            if (earlier != null) {
                found.add(violation("two handlers began under one token: " + earlier + " and " + run, run.began()));
            }
        }
        Map<Long, Event> leaders = new HashMap<>();
        Map<String, Event> last = new HashMap<>();
        for (Event seen : accounts.history().of(Kind.LEADER)) {
            Event other = leaders.putIfAbsent(seen.number("term"), seen);
            if (other != null && !other.text("incarnation").equals(seen.text("incarnation"))) {
                found.add(violation(
                        "term " + seen.text("term") + " has two leaders: " + other.text("node") + " "
                                + other.text("incarnation") + " and " + seen.text("node") + " "
                                + seen.text("incarnation"),
                        seen.nanos()));
            }
            Event before = last.put(seen.process(), seen);
            if (before != null && before.number("term") > seen.number("term")) {
                found.add(violation(
                        seen.process() + " saw term " + seen.text("term") + " after term " + before.text("term"),
                        seen.nanos(),
                        accounts.coordinatorDoubts().about(before.nanos())));
            }
        }
        return found;
    }
}
