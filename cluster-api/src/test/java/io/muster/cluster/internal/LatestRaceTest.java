package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.Loop;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Every interleaving of a few calls, by Lincheck's model checker: whatever is offered, a turn of the loop delivers the newest. */
class LatestRaceTest {
    @Test
    void theNewestStateIsDelivered() {
        check(Sound.class);
    }

    @Test
    void theCheckFindsAStateThatIsLost() {
        assertThatThrownBy(() -> check(Losing.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static void check(Class<?> operations) {
        new ModelCheckingOptions()
                .iterations(6)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(2)
                .check(operations);
    }

    /** The class as it is. */
    public static class Sound {
        private final Posted loop = new Posted();
        private volatile int delivered;
        private final Latest<Integer> latest = new Latest<>(loop, state -> delivered = state);

        @Operation
        public void offer(@Param(gen = IntGen.class, conf = "1:3") int state) {
            latest.offer(state);
        }

        @Operation(nonParallelGroup = "loop")
        public int turn() {
            loop.turn();
            return delivered;
        }
    }

    /** Forgets in a second step that nothing waits. */
    public static class Losing {
        private final Posted loop = new Posted();
        private volatile int delivered;
        private volatile int waiting = -1;

        @Operation
        public void offer(@Param(gen = IntGen.class, conf = "1:3") int state) {
            boolean posted = waiting != -1;
            waiting = state;
            if (!posted) {
                loop.post(() -> {
                    delivered = waiting;
                    waiting = -1;
                });
            }
        }

        @Operation(nonParallelGroup = "loop")
        public int turn() {
            loop.turn();
            return delivered;
        }
    }

    /** A loop whose turns the check takes. */
    static final class Posted implements Loop {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        void turn() {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }

        @Override
        public String name() {
            return "checked";
        }

        @Override
        public void post(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            tasks.clear();
        }
    }
}
