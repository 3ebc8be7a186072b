package io.muster.cluster.testkit;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;

/** A number in an entry, raised by compare and write: whether updates are lost or doubled shows in the sum. */
final class Counter {
    private Counter() {}

    /** Raises the counter {@code times} times, trying again after each conflict. */
    static int increments(Bench bench, Backend backend, Key counter, int times) {
        int succeeded = 0;
        while (succeeded < times) {
            if (increment(bench, backend, counter) instanceof CommitResult.Committed) {
                succeeded++;
            }
        }
        return succeeded;
    }

    static CommitResult increment(Bench bench, Backend backend, Key counter) {
        Entry present = backend.read(counter, bench.soon()).orElseThrow();
        int next = Integer.parseInt(Bench.text(present)) + 1;
        return backend.commit(
                Transaction.builder()
                        .require(Compare.unchanged(present))
                        .write(Write.put(counter, Bench.bytes("" + next)))
                        .build(),
                bench.soon());
    }
}
