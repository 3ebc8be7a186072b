package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order that was rolled back has no job; the one that was kept has one bill. */
class OneTransactionTest {
    @TempDir
    Path directory;

    @Test
    @Tag("J4")
    void ordersAndJobsAreThereTogetherOrNotAtAll() {
        String file = directory.resolve("shop").toString();
        try (JavaProcess process = JavaProcess.start(JavaCommand.of("io.muster.examples.OneTransaction", file))) {
            assertThat(process.awaitLine(line -> line.equals("Orders 1, bills 1"), Duration.ofSeconds(30)))
                    .isPresent();
            assertThat(process.awaitExit(Duration.ofSeconds(15))).isTrue();
            assertThat(process.exitCode()).hasValue(0);
        }
    }
}
