package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several connections in one process. */
@Tag("Q1")
class SeveralConnectionsTest {
    @Test
    void eachOrderRunsWhereItsConnectionSays() {
        try (JavaProcess process = JavaProcess.start(JavaCommand.of("io.muster.examples.SeveralConnections"))) {
            assertThat(process.awaitLine("order 3 ran on caller"::equals, Duration.ofSeconds(30)))
                    .isPresent();
            assertThat(process.awaitLine("waiting in scratch: 1"::equals, Duration.ofSeconds(30)))
                    .isPresent();
            assertThat(process.awaitExit(Duration.ofSeconds(15))).isTrue();
            assertThat(process.exitCode()).hasValue(0);
        }
    }
}
