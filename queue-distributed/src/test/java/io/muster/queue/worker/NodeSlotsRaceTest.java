package io.muster.queue.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Every interleaving of a few calls, by Lincheck's model checker: no slot is given twice, and who waits is woken once. */
class NodeSlotsRaceTest {
    @Test
    void aSlotIsGivenToOneAtATime() {
        check(Sound.class);
    }

    @Test
    void theCheckFindsASlotThatIsGivenTwice() {
        assertThatThrownBy(() -> check(Racing.class)).isInstanceOf(LincheckAssertionError.class);
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
        private final NodeSlots slots = new NodeSlots(1);
        private final AtomicInteger woken = new AtomicInteger();

        @Operation
        public boolean take() {
            return slots.tryAcquire(woken::incrementAndGet);
        }

        @Operation
        public void giveBack() {
            slots.release();
        }

        @Operation
        public boolean isWaitedFor() {
            return slots.isWaitedFor();
        }
    }

    /** Looks and takes in two steps. */
    public static class Racing {
        private volatile int used;

        @Operation
        public boolean take() {
            int before = used;
            if (before < 1) {
                used = before + 1;
                return true;
            }
            return false;
        }

        @Operation
        public void giveBack() {
            int before = used;
            used = before - 1;
        }
    }
}
