package io.muster.cluster.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ByteGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** The coordinator inside this process is linearizable, as Lincheck's threads see it. */
class LocalCoordinatorRaceTest {
    @Test
    void readsAndTransactionsOfManyThreadsAreLinearizable() {
        check(Sound.class);
    }

    @Test
    void theCheckFindsATransactionThatComparesByReading() {
        assertThatThrownBy(() -> check(ComparingByReading.class)).isInstanceOf(LincheckAssertionError.class);
    }

    private static void check(Class<?> operations) {
        new StressOptions()
                .iterations(6)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .check(operations);
    }

    /** One key: written over, written if absent, deleted, read. */
    public static class Sound {
        static final Key KEY = new Key("d", "k");
        private static final LocalCoordinator COORDINATOR = LocalCoordinator.on(SystemTimeline.instance());
        private static final AtomicLong OBJECTS = new AtomicLong();
        final Backend backend = COORDINATOR
                .config(new LocalFaults())
                .open("checked-" + OBJECTS.incrementAndGet(), SystemTimeline.instance());

        @Operation
        public void put(@Param(gen = ByteGen.class, conf = "1:3") byte value) {
            commit(Transaction.builder()
                    .write(Write.put(KEY, new byte[] {value}))
                    .build());
        }

        @Operation
        public boolean putIfAbsent(@Param(gen = ByteGen.class, conf = "1:3") byte value) {
            return commit(Transaction.builder()
                    .require(Compare.absent(KEY))
                    .write(Write.put(KEY, new byte[] {value}))
                    .build());
        }

        @Operation
        public int read() {
            Optional<Entry> found = backend.read(KEY, soon());
            return found.map(entry -> (int) entry.value()[0]).orElse(-1_000);
        }

        @Operation
        public void delete() {
            commit(Transaction.builder().write(Write.delete(KEY)).build());
        }

        final boolean commit(Transaction transaction) {
            return backend.commit(transaction, soon()) instanceof Committed;
        }

        private static Deadline soon() {
            return Deadline.after(
                    Duration.ofSeconds(5), SystemTimeline.instance().ticker());
        }
    }

    /** Looks whether there is an entry, and writes then. */
    public static class ComparingByReading extends Sound {
        @Override
        @Operation
        public boolean putIfAbsent(@Param(gen = ByteGen.class, conf = "1:3") byte value) {
            if (read() != -1_000) {
                return false;
            }
            put(value);
            return true;
        }
    }
}
