package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.examples.index.IndexRun;
import io.muster.examples.index.RunLog;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cluster tried by hand: two nodes, somebody who pushes, and somebody who looks. What the last says agrees with the others. */
@Timeout(180)
class FourTerminalsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FILES = 30;
    private static final int JOBS = 120;

    @TempDir
    private Path directory;

    private final String namespace = "terminals-" + UUID.randomUUID();

    @ParameterizedTest
    @EnumSource(names = {"REDIS", "ETCD", "CONSUL", "ZOOKEEPER"})
    @Tag("C8")
    void statsAgreeWithWhatTheOthersDo(ServerKind kind) throws Exception {
        Optional<LocalServer> shared = SharedServers.get(kind);
        Assumptions.assumeTrue(shared.isPresent(), "no " + kind);
        String uri = shared.orElseThrow().uri().toString();
        Path results = Files.createDirectory(directory.resolve("results"));
        Path input = Files.createDirectory(directory.resolve("input"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(input.resolve("file-" + i + ".txt"), "some words of file " + i + "\n");
        }

        try (JavaProcess one = node(uri, "one", results);
                JavaProcess two = node(uri, "two", results)) {
            awaitWorking(one);
            awaitWorking(two);
            assertThat(names(run(uri, "nodes", "--json").json())).containsExactlyInAnyOrder("one", "two");
            String leader = run(uri, "leader", "--json").json().get("leaderId").asText();
            assertThat(leader).isIn("one", "two");

            List<String> ids = run(uri, "push", "--input", input.toString(), "--count", "" + JOBS)
                    .out()
                    .lines()
                    .toList();
            assertThat(ids).hasSize(JOBS).doesNotHaveDuplicates();

            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(
                            () -> assertAgreement(run(uri, "stats", "--json").json(), leader));
            assertThat(settledJobs(results)).isEqualTo(new HashSet<>(ids));

            one.terminate();
            assertThat(one.awaitExit(Duration.ofSeconds(30))).isTrue();
            assertThat(one.exitCode()).hasValue(0);
            assertThat(names(run(uri, "nodes", "--json").json())).containsExactly("two");
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                            run(uri, "leader", "--json").json().get("leaderId").asText())
                    .isEqualTo("two"));
        }
    }

    private static void assertAgreement(JsonNode stats, String leader) {
        assertThat(stats.get("leaderId").asText()).isEqualTo(leader);
        assertThat(stats.get("totalNodes").asInt()).isEqualTo(2);
        assertThat(stats.get("onlineNodes").asInt()).isEqualTo(2);
        assertThat(stats.get("jobs").get("completed").asInt()).isEqualTo(JOBS);
        assertThat(stats.get("jobs").get("failed").asInt()).isZero();
        assertThat(stats.get("jobs").get("pending").asInt()).isZero();
        int completed = 0;
        for (JsonNode pool : stats.get("pools")) {
            assertThat(pool.get("total").asInt()).isEqualTo(2);
            completed += pool.get("completed").asInt();
        }
        assertThat(completed).as("what the nodes say of themselves").isEqualTo(JOBS);
    }

    private JavaProcess node(String uri, String name, Path results) {
        return JavaProcess.start(JavaCommand.of(
                        "io.muster.cli.Main",
                        "node",
                        "--namespace",
                        namespace,
                        "--node-id",
                        name,
                        "--concurrency",
                        "2",
                        "--results",
                        results.toString())
                .withEnvironment("MUSTER_CLUSTER", uri)
                .withJvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .withLog(directory.resolve(name + ".log")));
    }

    private static void awaitWorking(JavaProcess node) {
        assertThat(node.awaitLine(line -> line.contains(" works on "), LIMIT)).isPresent();
    }

    private Said run(String uri, String command, String... options) {
        List<String> words = new ArrayList<>(List.of(command, "--cluster", uri, "--namespace", namespace));
        words.addAll(List.of(options));
        Said said = Terminal.in(directory).run(words.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.err()).isZero();
        return said;
    }

    private static List<String> names(JsonNode nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(node -> names.add(node.get("node").asText()));
        return names;
    }

    private static Set<String> settledJobs(Path results) {
        Set<String> jobs = new HashSet<>();
        for (IndexRun run : RunLog.readAll(results)) {
            if (run.index() != null) {
                jobs.add(run.job());
            }
        }
        return jobs;
    }
}
