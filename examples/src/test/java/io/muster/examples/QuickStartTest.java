package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The first program to try. */
class QuickStartTest {
    @Test
    void itGreetsAndEnds() {
        try (JavaProcess process = JavaProcess.start(JavaCommand.of("io.muster.examples.QuickStart"))) {
            assertThat(process.awaitLine(line -> line.startsWith("Hello Ada, says node-"), Duration.ofSeconds(30)))
                    .isPresent();
            assertThat(process.awaitExit(Duration.ofSeconds(15))).isTrue();
            assertThat(process.exitCode()).hasValue(0);
        }
    }
}
