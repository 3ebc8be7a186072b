package io.muster.queue.worker;

import io.muster.queue.job.JobTypes;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.UnaskedStore;
import io.muster.races.PostedTasks;
import io.muster.races.Races;
import io.muster.races.ThreadsOnly;
import io.muster.races.Together;
import io.muster.races.WithoutLocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlotsRaceTest {
    /** Each way is long. */
    private static final int FEW = 30;

    @Test
    void anAttemptEndsOnceAndItsSlotIsGivenBackOnce() {
        Races.assertNone(new ReturnsAtTheLoss(), FEW);
    }

    @Test
    void withoutItsLockItEndsTwice() throws Exception {
        Races.assertFound(WithoutLocks.copy(ReturnsAtTheLoss.class, Slots.class, Slot.class, Runner.class));
    }

    @Test
    void twoThatReturnAreCollected() {
        Races.assertNone(new TwoReturn(), FEW);
    }

    @Test
    void withoutItsLockOneIsLost() throws Exception {
        Races.assertFound(WithoutLocks.copy(TwoReturn.class, Slots.class, Slot.class, Runner.class));
    }

    /** A handler returns while its session is lost. */
    public static final class ReturnsAtTheLoss implements Runnable {
        @Override
        public void run() {
            NodeSlots node = new NodeSlots(1);
            Slots slots = slots(node, 1);
            slots.add(List.of(attempt("a")));
            Slot slot = slots.next(() -> {}).orElseThrow();
            List<Attempt> interrupted = new ArrayList<>();
            Together.share(node, slots, slot, interrupted);
            Together.run(
                    () -> slots.returned(slot, new Settlement.Completed(), Optional.empty(), 0),
                    () -> interrupted.addAll(slots.interruptAll()));

            int ended = slots.collect().size() + interrupted.size();
            Together.check(ended == 1, "ended " + ended);
            Together.check(slots.stats(PoolStats.Status.RUNNING).stuck() == 0, "nothing is stuck");
            Together.check(node.tryAcquire(() -> {}) && !node.tryAcquire(() -> {}), "one slot is free");
        }
    }

    /** Two handlers return, one goes on with what waits, and the loop collects. */
    public static final class TwoReturn implements Runnable {
        @Override
        public void run() {
            NodeSlots node = new NodeSlots(2);
            Slots slots = slots(node, 2);
            slots.add(List.of(attempt("a"), attempt("b"), attempt("c")));
            Slot a = slots.next(() -> {}).orElseThrow();
            Slot b = slots.next(() -> {}).orElseThrow();
            List<Slot.Ended> collected = new ArrayList<>();
            Together.share(node, slots, a, b, collected);
            Together.run(
                    () -> slots.returned(a, new Settlement.Completed(), Optional.empty(), 0),
                    () -> slots.returned(b, new Settlement.Completed(), Optional.empty(), 0));

            Together.check(slots.collect().size() == 2, "both");
            Together.check(slots.running() == 1 && slots.waiting() == 0, "one goes on");
        }
    }

    private static Slots slots(NodeSlots node, int concurrency) {
        ThreadsOnly timeline = ThreadsOnly.withoutTasks();
        PoolOptions options = PoolOptions.of("default").withConcurrency(concurrency);
        PostedTasks loop = timeline.loop("pool");
        return new Slots(
                new PoolSetting(
                        new LiveOptions(options),
                        new Stint(options.limits(), timeline.ticker(), () -> 0),
                        "a",
                        "a-1",
                        new UnaskedStore(),
                        JobTypes.builder().build(),
                        node,
                        new Ledger("a", "main", timeline, PoolWatch.NONE),
                        timeline,
                        () -> Duration.ofSeconds(1),
                        () -> true,
                        () -> {},
                        () -> {},
                        () -> {}),
                loop,
                () -> {},
                () -> {});
    }

    private static Attempt attempt(String id) {
        return new Attempt(
                new AttemptToken(id, 1, "a-1", "nonce"),
                "default",
                "work",
                new byte[0],
                0,
                Counters.NONE,
                1,
                Instant.EPOCH);
    }
}
