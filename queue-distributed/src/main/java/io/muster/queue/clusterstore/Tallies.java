package io.muster.queue.clusterstore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/** The tallies of one exchange, one for each transaction that it may have under way. Used by one thread at a time. */
final class Tallies {
    private final List<Tally> lanes;

    private Tallies(List<Tally> lanes) {
        this.lanes = lanes;
    }

    Tally of(int lane) {
        return lanes.get(lane);
    }

    /** After an unknown outcome. */
    void doubt() {
        lanes.forEach(Tally::doubt);
    }

    /** Those of an incarnation: pools that exchange at the same time get different ones. Thread-safe. */
    static final class Shelf {
        private final Coordinator coordinator;
        private final String incarnation;

        @GuardedBy("this")
        private final Deque<Tallies> free = new ArrayDeque<>();

        @GuardedBy("this")
        private int next;

        Shelf(Coordinator coordinator, String incarnation) {
            this.coordinator = coordinator;
            this.incarnation = incarnation;
        }

        /** The caller's until it {@linkplain #giveBack gives them back}. */
        synchronized Tallies take() {
            if (free.isEmpty()) {
                int first = next;
                next += Items.LANES;
                return new Tallies(IntStream.range(first, first + Items.LANES)
                        .mapToObj(number -> new Tally(coordinator, incarnation, number))
                        .toList());
            }
            return free.pop();
        }

        synchronized void giveBack(Tallies tallies) {
            free.push(tallies);
        }
    }
}
