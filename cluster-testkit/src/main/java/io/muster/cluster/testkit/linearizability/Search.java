package io.muster.cluster.testkit.linearizability;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The search for an order of one key's operations. Calls and returns stand in a list by time; whatever is called before the
 * first return in the list may come next. What was chosen is taken out of the list, and put back if the rest cannot be
 * explained after it. A set of chosen operations that led to a state is never tried twice.
 *
 * <p>An operation of unknown outcome has a call and no return. It is chosen only where it changes the state and where those of
 * known outcome do not lead on, and need not be chosen at all. Of several with the same content the first to be called goes
 * first: whatever a later one explains, it explains as well.
 */
final class Search<S, C> {
    private final Model<S, C> model;
    private final String key;
    private final List<Operation<C>> operations;
    private final long mostSteps;
    private final Event head = new Event(-1, false);
    private final BitSet chosen = new BitSet();
    private final Set<Configuration<S>> tried = new HashSet<>();
    private final Deque<Choice<S>> path = new ArrayDeque<>();
    private final int[] equalBefore;
    private List<Integer> longest = List.of();
    private int knownLeft;
    private int leastLeft;

    Search(Model<S, C> model, String key, List<Operation<C>> operations, long mostSteps) {
        this.model = model;
        this.key = key;
        this.operations = operations;
        this.mostSteps = mostSteps;
        this.equalBefore = new int[operations.size()];
        link();
        this.leastLeft = knownLeft;
    }

    Verdict run() {
        S state = model.initial();
        @Nullable Event event = head.next;
        boolean known = true;
        long steps = 0;
        while (knownLeft > 0) {
            if (++steps > mostSteps) {
                return new Verdict.Undecided(key, steps);
            }
            if (event != null && event.isCall) {
                Optional<S> next = next(state, event, known);
                if (next.isPresent()) {
                    choose(event, state);
                    state = next.get();
                    event = head.next;
                    known = true;
                } else {
                    event = event.next;
                }
            } else if (known) {
                event = head.next;
                known = false;
            } else {
                @Nullable Choice<S> last = path.poll();
                if (last == null) {
                    return notLinearizable();
                }
                undo(last);
                state = last.before();
                event = last.call().next;
                known = last.call().end != null;
            }
        }
        return new Verdict.Linearizable();
    }

    /** The state after this operation, if it can come next and has not been tried here. */
    private Optional<S> next(S state, Event call, boolean known) {
        if (known != (call.end != null) || (!known && isPreceded(call.operation))) {
            return Optional.empty();
        }
        Optional<S> next = model.after(state, operations.get(call.operation).content());
        if (next.isEmpty() || (!known && next.get().equals(state))) {
            return Optional.empty();
        }
        BitSet with = (BitSet) chosen.clone();
        with.set(call.operation);
        return tried.add(new Configuration<>(with, next.get())) ? next : Optional.empty();
    }

    private boolean isPreceded(int operation) {
        int before = equalBefore[operation];
        return before >= 0 && !chosen.get(before);
    }

    private void choose(Event call, S before) {
        chosen.set(call.operation);
        path.push(new Choice<>(call, before));
        call.takeOut();
        if (call.end != null) {
            call.end.takeOut();
            knownLeft--;
        }
        if (knownLeft < leastLeft) {
            leastLeft = knownLeft;
            longest = path.stream().map(choice -> choice.call().operation).toList();
        }
    }

    private void undo(Choice<S> choice) {
        Event call = choice.call();
        chosen.clear(call.operation);
        if (call.end != null) {
            call.end.putBack();
            knownLeft++;
        }
        call.putBack();
    }

    /** A call before a return of the same time: the two overlap. */
    private void link() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Event call = new Event(i, true);
            events.add(call);
            if (operations.get(i).isKnown()) {
                Event end = new Event(i, false);
                call.end = end;
                events.add(end);
                knownLeft++;
            }
        }
        events.sort(Comparator.comparingLong(this::time).thenComparing(event -> !event.isCall));
        Map<C, Integer> latest = new HashMap<>();
        Event last = head;
        for (Event event : events) {
            if (event.isCall && event.end == null) {
                @Nullable
                Integer before = latest.put(operations.get(event.operation).content(), event.operation);
                equalBefore[event.operation] = before == null ? -1 : before;
            }
            last.next = event;
            event.previous = last;
            last = event;
        }
    }

    private long time(Event event) {
        Operation<C> operation = operations.get(event.operation);
        return event.isCall ? operation.called() : operation.returned();
    }

    private Verdict notLinearizable() {
        List<String> explained = new ArrayList<>();
        for (int operation : longest) {
            explained.add(0, text(operation));
        }
        BitSet left = new BitSet();
        left.set(0, operations.size());
        longest.forEach(left::clear);
        List<String> rest = left.stream()
                .boxed()
                .filter(operation -> operations.get(operation).isKnown())
                .sorted(Comparator.comparingLong(
                        operation -> operations.get(operation).returned()))
                .map(this::text)
                .toList();
        return new Verdict.NotLinearizable(key, explained, rest);
    }

    private String text(int index) {
        Operation<C> operation = operations.get(index);
        long begin = operations.stream().mapToLong(Operation::called).min().orElse(0);
        String end = operation.isKnown() ? micros(operation.returned() - begin) : "?";
        return micros(operation.called() - begin) + " to " + end + " " + operation.client() + " " + operation.content();
    }

    private static String micros(long nanos) {
        return nanos / 1_000 + " µs";
    }

    /** What leads to the same future: who has been chosen, and the state they left. */
    private record Configuration<S>(BitSet chosen, S state) {}

    private record Choice<S>(Event call, S before) {}

    /** A call or a return, as it stands in the list. */
    private static final class Event {
        private final int operation;
        private final boolean isCall;
        private @Nullable Event end;
        private @Nullable Event previous;
        private @Nullable Event next;

        Event(int operation, boolean isCall) {
            this.operation = operation;
            this.isCall = isCall;
        }

        void takeOut() {
            if (previous != null) {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
        }

        /** In the reverse order of {@link #takeOut}, so that the neighbours are those of then. */
        void putBack() {
            if (previous != null) {
                previous.next = this;
            }
            if (next != null) {
                next.previous = this;
            }
        }
    }
}
