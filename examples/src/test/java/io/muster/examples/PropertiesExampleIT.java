package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One program and one file; one line of the file chooses the coordinator. */
@Timeout(90)
@Tag("C6")
class PropertiesExampleIT {
    private static final String LINE = "muster.cluster = local:";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"local", "redis", "etcd", "consul", "zookeeper"})
    void changingOneLineChangesTheCoordinatorAndNothingElse(String backend) throws IOException {
        String shipped = Files.readString(Path.of("muster.properties"));
        assertThat(shipped.lines()).containsOnlyOnce(LINE);
        Path file = Files.writeString(
                directory.resolve("muster.properties"),
                shipped.replace("\n" + LINE, "\nmuster.cluster = " + uri(backend)));

        try (JavaProcess process =
                JavaProcess.start(JavaCommand.of("io.muster.examples.PropertiesExample", file.toString())
                        .withJvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                        .withLog(directory.resolve("example.log")))) {
            assertThat(process.awaitLine(line -> line.equals("all 50 jobs ran on " + backend), Duration.ofSeconds(60)))
                    .as(() -> read(directory.resolve("example.log")))
                    .isPresent();
            assertThat(process.awaitExit(Duration.ofSeconds(20))).isTrue();
            assertThat(process.exitCode()).hasValue(0);
        }
    }

    private static String uri(String backend) {
        if (backend.equals("local")) {
            return "local:";
        }
        Optional<LocalServer> server = SharedServers.get(ServerKind.valueOf(backend.toUpperCase(Locale.ROOT)));
        Assumptions.assumeTrue(server.isPresent(), "no " + backend);
        return server.orElseThrow().uri().toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
