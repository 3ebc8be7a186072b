package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FakeTimeTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    /** Says again and again what its clocks are, and that a wait was not over too soon. */
    static final class Clocks {

        private static final long WAIT_NANOS = 20_000_000;

        public static void main(String[] args) throws InterruptedException {
            BlockingQueue<String> nothing = new LinkedBlockingQueue<>();
            while (true) {
                long nanos = System.nanoTime();
                System.out.println("clocks " + System.currentTimeMillis() + " " + nanos);
                nothing.poll(WAIT_NANOS, TimeUnit.NANOSECONDS);
                synchronized (nothing) {
                    TimeUnit.NANOSECONDS.timedWait(nothing, WAIT_NANOS);
                }
                if (System.nanoTime() - nanos < 2 * WAIT_NANOS) {
                    System.out.println("a wait was over too soon");
                }
            }
        }
    }

    /** In milliseconds, read from what it says. */
    private static long wallAheadOfMonotonic(String line) {
        String[] words = line.split(" ", -1);
        return Long.parseLong(words[1]) - TimeUnit.NANOSECONDS.toMillis(Long.parseLong(words[2]));
    }

    @Test
    void theWallClockOfARunningProcessIsSetAndItsMonotonicClockIsTheMachines() {
        FakeTime fake = FakeTime.locate();
        assumeTrue(fake.isPossible(), fake.reason());
        Path clock = directory.resolve("clock");
        FakeTime.set(clock, Duration.ZERO);
        JavaCommand command = JavaCommand.of(Clocks.class.getName()).withJvmOptions("-Xmx32m");
        for (Map.Entry<String, String> variable : fake.environment(clock).entrySet()) {
            command = command.withEnvironment(variable.getKey(), variable.getValue());
        }
        AtomicLong ahead = new AtomicLong();
        try (JavaProcess process = JavaProcess.start(command, line -> {
            if (line.startsWith("clocks ")) {
                ahead.set(wallAheadOfMonotonic(line));
            }
        })) {
            await().atMost(LIMIT).until(() -> ahead.get() != 0);
            long machines = System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            assertThat(ahead.get()).isCloseTo(machines, within(1_000L));

            FakeTime.set(clock, Duration.ofSeconds(100));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(ahead.get() - machines).isCloseTo(100_000, within(1_000L)));

            FakeTime.set(clock, Duration.ofSeconds(-100));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(ahead.get() - machines).isCloseTo(-100_000, within(1_000L)));
            assertThat(process.isAlive()).isTrue();
            assertThat(process.awaitLine(line -> line.startsWith("a wait"), Duration.ZERO))
                    .isEmpty();
        }
    }

    @Test
    void skipMeansNoneAndNothingIsLookedFor() {
        FakeTime fake = locate("skip");

        assertThat(fake.isPossible()).isFalse();
        assertThat(fake.reason()).isEqualTo("MUSTER_IT_FAKETIME=skip");
        assertThat(fake.environment(directory.resolve("clock"))).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aVariableThatNamesNoFileIsNotPassedOverInSilence() {
        assertThat(locate("/no/such/library").reason()).isEqualTo("MUSTER_IT_FAKETIME=/no/such/library is not a file");
    }

    private FakeTime locate(String variable) {
        return FakeTime.locate(new ServerEnvironment(Map.of(FakeTime.VARIABLE, variable), directory, directory));
    }
}
