package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JavaProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Says hello, then counts; exits with 7 when asked to end. */
    static final class Counter {

        public static void main(String[] args) throws InterruptedException {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(7)));
            System.out.println(
                    "hello " + args[0] + " " + System.getenv("GREETING") + " " + System.getProperty("colour"));
            System.err.println("complaint");
            for (int count = 0; ; count++) {
                System.out.println("count " + count);
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    private static final JavaCommand COUNTER = JavaCommand.of(Counter.class.getName(), "world")
            .withJvmOptions("-Dcolour=blue", "-Xmx32m")
            .withEnvironment("GREETING", "good morning");

    @Test
    void itsOutputGoesToTheListenerToTheLogAndToWhoeverWaits(@TempDir Path directory) throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        Path file = directory.resolve("counter.log");
        try (JavaProcess process = JavaProcess.start(COUNTER.withLog(file), heard::add)) {

            assertThat(process.awaitLine(line -> line.startsWith("count 1"), LIMIT))
                    .hasValue("count 1");

            assertThat(heard).startsWith("hello world good morning blue").contains("complaint", "count 0");
            assertThat(Files.readAllLines(file)).contains("hello world good morning blue", "complaint");
            assertThat(process.awaitLine("complaint"::equals, Duration.ZERO)).hasValue("complaint");
        }
    }

    @Test
    void aLogThatCannotBeWrittenIsFoundOutBeforeTheProgramStarts(@TempDir Path directory) {
        JavaCommand command = COUNTER.withLog(directory.resolve("no/such/directory/counter.log"));

        assertThatThrownBy(() -> JavaProcess.start(command).close()).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void waitingForALineEndsWithTheProgram() {
        JavaProcess process = JavaProcess.start(COUNTER);
        assertThat(process.awaitLine("count 0"::equals, LIMIT)).isPresent();
        process.kill();

        assertThat(process.awaitLine("no such line"::equals, LIMIT)).isEmpty();
        assertThat(process.isAlive()).isFalse();
        assertThat(process.exitCode()).hasValue(137);
    }

    @Test
    void terminateLetsItEndByItself() {
        JavaProcess process = JavaProcess.start(COUNTER);
        assertThat(process.awaitLine("count 0"::equals, LIMIT)).isPresent();
        assertThat(process.exitCode()).isEmpty();

        process.terminate();

        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(process.exitCode()).hasValue(7);
    }

    @Test
    void aFrozenProgramSaysNothingUntilItIsThawed() {
        AtomicInteger lines = new AtomicInteger();
        try (JavaProcess process = JavaProcess.start(COUNTER, line -> lines.incrementAndGet())) {
            assertThat(process.awaitLine("count 0"::equals, LIMIT)).isPresent();

            process.freeze();
            await().during(Duration.ofMillis(200)).atMost(LIMIT).until(() -> quiet(lines));
            int whileFrozen = lines.get();
            process.thaw();

            await().atMost(LIMIT).until(() -> lines.get() > whileFrozen);
        }
    }

    @Test
    void aListenerThatFailsGetsTheNextLineToo() {
        AtomicInteger lines = new AtomicInteger();
        try (JavaProcess process = JavaProcess.start(COUNTER, line -> {
            lines.incrementAndGet();
            throw new IllegalArgumentException("does not like " + line);
        })) {
            assertThat(process.isAlive()).isTrue();

            await().atMost(LIMIT).until(() -> lines.get() > 1);
        }
    }

    @Test
    void aProgramThatIsNotThereEndsWithAnError() {
        JavaProcess process = JavaProcess.start(JavaCommand.of("no.such.Program"));

        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(process.exitCode()).hasValue(1);
        assertThat(process.awaitLine(line -> line.contains("no.such.Program"), LIMIT))
                .isPresent();
        assertThatThrownBy(process::freeze).isInstanceOf(IllegalStateException.class);
    }

    private final AtomicInteger last = new AtomicInteger(-1);

    /** Whether nothing was added since the last question. */
    private boolean quiet(AtomicInteger lines) {
        int now = lines.get();
        return last.getAndSet(now) == now;
    }
}
