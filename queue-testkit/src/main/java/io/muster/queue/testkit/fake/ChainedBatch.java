package io.muster.queue.testkit.fake;

import java.util.function.Predicate;

/** Stands for a batch among the jobs of an expected chain. Made by {@link QueueFake#chainedBatch}. T2 */
public final class ChainedBatch {
    private final Predicate<? super PushedBatch> expected;

    ChainedBatch(Predicate<? super PushedBatch> expected) {
        this.expected = expected;
    }

    boolean fits(PushedBatch batch) {
        return expected.test(batch);
    }

    @Override
    public String toString() {
        return "a batch that fits the predicate";
    }
}
