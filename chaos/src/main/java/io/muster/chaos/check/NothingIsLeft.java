package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.List;

/** Once faults stop, everything comes to its end; and the history itself is whole. */
final class NothingIsLeft implements Rule {
    @Override
    public String sentence() {
        return "once faults stop, nothing is left undone";
    }

    @Override
    public List<Violation> violations(Accounts accounts) {
        List<Violation> found = new ArrayList<>();
        List<Event> left = accounts.history().of(Kind.LEFT);
        if (left.isEmpty()) {
            found.add(violation("the history does not say what was left, so the run did not come to its end", 0));
        }
        left.stream()
                .filter(event -> event.number("live") > 0)
                .forEach(event -> found.add(
                        violation(event.text("live") + " jobs never ended: " + event.text("which"), event.nanos())));
        accounts.history().of(Kind.FINAL).stream()
                .filter(event -> !List.of("COMPLETED", "FAILED", "DISCARDED").contains(event.text("state")))
                .forEach(event -> found.add(
                        violation(event.text("job") + " is " + event.text("state") + " at the end", event.nanos())));
        long deaths = accounts.history().of(Kind.STARTED).size();
        if (accounts.history().torn() > deaths) {
            found.add(violation(
                    accounts.history().torn() + " lines of the history are cut off, more than processes died", 0));
        }
        return found;
    }
}
