package io.muster.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.Leader;
import io.muster.cluster.LeaderListener;
import io.muster.cluster.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who led, in the order in which it was seen. Thread-safe. */
final class Leaders implements LeaderListener {
    private final Ticker ticker;

    @GuardedBy("this")
    private final List<Seen> seen = new ArrayList<>();

    /**
     * A leader.
     *
     * @param atNanos when it was first seen, on the ticker
     */
    record Seen(String node, String incarnation, long term, long atNanos) {}

    Leaders(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public synchronized void onLeader(Optional<Leader> leader) {
        leader.ifPresent(now -> {
            boolean known = seen.stream().anyMatch(earlier -> earlier.term() == now.term());
            if (!known) {
                seen.add(new Seen(now.node().name(), now.node().incarnation(), now.term(), ticker.nanos()));
            }
        });
    }

    /** All so far. */
    synchronized List<Seen> all() {
        return List.copyOf(seen);
    }

    /** The latest. */
    synchronized Optional<Seen> latest() {
        return seen.isEmpty() ? Optional.empty() : Optional.of(seen.get(seen.size() - 1));
    }

    /** The first that followed a term. */
    synchronized Optional<Seen> after(long term) {
        return seen.stream().filter(later -> later.term() > term).findFirst();
    }
}
