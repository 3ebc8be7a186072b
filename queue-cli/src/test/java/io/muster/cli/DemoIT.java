package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerBinaries;
import io.muster.servers.ServerBinary.Missing;
import io.muster.servers.ServerEnvironment;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SkippedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as people run it: a real server, nodes in processes of their own, kill -9. */
@Timeout(180)
class DemoIT {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int JOBS = FULL ? 2000 : 400;

    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        for (int i = 0; i < 60; i++) {
            Path file = directory.resolve("part-" + i % 5).resolve("file-" + i + ".txt");
            Files.createDirectories(file.getParent());
            Files.writeString(file, ("word" + i + " and some words of number " + i + "\n").repeat(200 + i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "redis", "etcd", "consul"})
    void nothingIsLostWhenTheLeaderIsKilled(String cluster) {
        assumeThereIs(cluster.equals("embedded") ? "zookeeper" : cluster);

        Said said = Terminal.in(directory).run("demo", "--cluster", cluster, "--jobs", "" + JOBS, "--json");

        assertGood(said);
    }

    @ParameterizedTest
    @MethodSource("clustersAndStores")
    void nothingIsLostWhereJobsLieInAStoreOfTheirOwn(String cluster, String store) {
        assumeThereIs(cluster);
        if (!store.equals("h2")) {
            assumeThereIs(store.equals("postgresql") ? "postgres" : store);
        }

        Said said = Terminal.in(directory)
                .run("demo", "--cluster", cluster, "--store", store, "--jobs", "" + JOBS, "--json");

        assertGood(said);
        assertThat(said.json().get("store").asText()).containsIgnoringCase(store);
    }

    static Stream<Arguments> clustersAndStores() {
        Stream<Arguments> always = Stream.of(Arguments.of("etcd", "postgresql"));
        Stream<Arguments> more = Stream.of(
                Arguments.of("zookeeper", "redis"), Arguments.of("consul", "mariadb"), Arguments.of("redis", "h2"));
        return FULL ? Stream.concat(always, more) : always;
    }

    @Test
    void itRunsOnAServerOfYours() {
        Optional<LocalServer> own = LocalServer.tryStart(ServerKind.ZOOKEEPER, ServerOptions.likeProduction());
        Assumptions.assumeTrue(own.isPresent(), "no ZooKeeper server");
        try (LocalServer server = own.orElseThrow()) {
            Said said = Terminal.in(directory)
                    .run("demo", "--cluster", server.uri().toString(), "--jobs", "" + JOBS, "--json", "--nodes", "4");

            assertGood(said);
            assertThat(said.err()).contains("lies in namespace muster-demo-");
            assertThat(said.json().get("cluster").asText())
                    .isEqualTo(server.uri().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalLeavesNoProcessBehind(String signal) throws Exception {
        Path log = directory.resolve("demo.log");
        // Not a JavaProcess, and through env where there is one that can: a build that runs in the background, and all
        // it
        // starts, are deaf to SIGINT.
        List<String> words = new ArrayList<>(hearsSignals() ? List.of() : List.of("env", "--default-signal=INT"));
        words.addAll(List.of(
                JavaProcess.launcher().toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.muster.cli.Main",
                "demo",
                "--jobs",
                "20000",
                "--input",
                directory.resolve("part-1").toString()));
        Process demo = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(log).content().containsPattern("pushed | leads "));
            List<ProcessHandle> started = demo.descendants().toList();
            assertThat(started).as("server and nodes").hasSizeGreaterThanOrEqualTo(4);

            int sent = new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " " + demo.pid())
                    .start()
                    .waitFor();

            assertThat(sent).isZero();
            assertThat(demo.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(demo.exitValue()).isEqualTo(130);
            assertThat(log).content().contains("interrupted").doesNotContain("Unexpected");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
        } finally {
            demo.destroyForcibly();
        }
    }

    /** Whether children of this process can be interrupted; where the system does not tell, they can. */
    private static boolean hearsSignals() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 2) == 0;
    }

    private static void assertGood(Said said) {
        assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
        JsonNode report = said.json();
        assertThat(report.get("jobs").asInt()).isEqualTo(JOBS);
        assertThat(report.get("lost").asInt()).isZero();
        assertThat(report.get("wrong").asInt()).isZero();
        assertThat(report.get("reclaimed").asInt()).isPositive();
        assertThat(report.get("handlerRuns").asInt()).isGreaterThanOrEqualTo(JOBS);
        assertThat(report.get("kill").asText()).isEqualTo("kill -9");
        assertThat(report.get("leaders")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(report.get("newLeaderMillis").asLong()).isPositive();
        assertThat(report.get("reclaimMillis").asLong()).isPositive();
        assertThat(leftBehind()).isEmpty();
    }

    /** Processes of a demo of this JVM. */
    private static Stream<String> leftBehind() {
        return ProcessHandle.current()
                .descendants()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains("muster-demo-"));
    }

    private static void assumeThereIs(String server) {
        ServerKind kind = ServerKind.valueOf(server.toUpperCase(Locale.ROOT));
        if (new ServerBinaries(ServerEnvironment.ofThisProcess()).locate(kind) instanceof Missing missing) {
            SkippedServers.note(server, missing.reason());
            Assumptions.abort(missing.reason());
        }
    }
}
