package io.muster.cluster.testkit;

import io.muster.cluster.testkit.linearizability.LinearizabilityChecker;
import io.muster.cluster.testkit.linearizability.Operation;
import io.muster.cluster.testkit.linearizability.Ownership;
import io.muster.cluster.testkit.linearizability.OwnershipModel;
import io.muster.cluster.testkit.linearizability.Verdict;
import io.muster.cluster.time.Ticker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What several clients did to locks, leases or elections, while they did it. Thread-safe. */
final class OwnershipHistory {
    private final Ticker ticker;
    private final Queue<Operation<Ownership>> operations = new ConcurrentLinkedQueue<>();

    private final LongAdder failed = new LongAdder();

    OwnershipHistory(Ticker ticker) {
        this.ticker = ticker;
    }

    long now() {
        return ticker.nanos();
    }

    /** What has just returned. */
    void known(String key, String client, Ownership content, long called) {
        operations.add(Operation.known(key, client, content, called, now()));
    }

    /** What may take effect at any time from {@code from} on. */
    void perhaps(String key, String client, Ownership content, long from) {
        operations.add(Operation.perhaps(key, client, content, from));
    }

    /** A call that failed without effect. */
    void failed() {
        failed.increment();
    }

    List<Operation<Ownership>> operations() {
        return List.copyOf(operations);
    }

    long count(Class<? extends Ownership> kind) {
        return operations.stream()
                .filter(operation -> kind.isInstance(operation.content()))
                .count();
    }

    Verdict verdict() {
        return new LinearizabilityChecker<>(new OwnershipModel()).check(operations());
    }

    @Override
    public String toString() {
        return "%d operations: %d taken, %d perhaps, %d busy, %d confirmed, %d released, %d refused, %d seen, besides %d calls without effect"
                .formatted(
                        operations.size(),
                        count(Ownership.Taken.class),
                        count(Ownership.TakenPerhaps.class),
                        count(Ownership.Busy.class),
                        count(Ownership.Confirmed.class),
                        count(Ownership.Released.class),
                        count(Ownership.Refused.class),
                        count(Ownership.Seen.class),
                        failed.sum());
    }
}
