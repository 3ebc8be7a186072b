package io.muster.queue.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.Loop;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Every interleaving of a few calls, by Lincheck's model checker: no change goes without a hint after it. */
class HintsRaceTest {
    @Test
    void whoIsHintedSeesWhatCameBefore() {
        check(Sound.class);
    }

    @Test
    void theCheckFindsAHintThatIsLost() {
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
        private final Hints hints = new Hints();
        private volatile int state;
        private volatile int seen;

        public Sound() {
            hints.onAssigned("node", loop, () -> seen = state);
        }

        @Operation
        public void change(@Param(gen = IntGen.class, conf = "1:3") int changed) {
            state = changed;
            hints.wake(new Wakes.Collected(false, Set.of("node")));
        }

        @Operation(nonParallelGroup = "loop")
        public void turn() {
            loop.turn();
        }

        @Validate
        public void isUpToDate() {
            loop.turn();
            loop.turn();
            if (seen != state) {
                throw new IllegalStateException("nobody was told of " + state);
            }
        }
    }

    /** Allows the next hint only when this one has ended. */
    public static class Losing {
        private final Posted loop = new Posted();
        private volatile boolean posted;
        private volatile int state;
        private volatile int seen;

        @Operation
        public void change(@Param(gen = IntGen.class, conf = "1:3") int changed) {
            state = changed;
            if (!posted) {
                posted = true;
                loop.post(() -> {
                    seen = state;
                    posted = false;
                });
            }
        }

        @Operation(nonParallelGroup = "loop")
        public void turn() {
            loop.turn();
        }

        @Validate
        public void isUpToDate() {
            loop.turn();
            loop.turn();
            if (seen != state) {
                throw new IllegalStateException("nobody was told of " + state);
            }
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
