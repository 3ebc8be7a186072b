package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.queue.Connections;
import io.muster.queue.Queue;
import io.muster.queue.worker.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Why is it not running? As an operator asks; each cause has its test in queue-testkit. */
@Timeout(90)
@Tag("O1")
class ExplainTest {
    @TempDir
    private Path directory;

    private final String cluster = "local:" + UUID.randomUUID();
    private Queue node;

    record Mail(String to) {}

    @BeforeEach
    void startANode() {
        node = Queue.named("explained")
                .settings(settings -> settings.withNodeId("node-a"))
                .cluster(cluster)
                .handle("mail", Mail.class, (mail, context) -> {})
                .start();
    }

    @AfterEach
    void stopTheNode() {
        node.close();
    }

    @Test
    void everyCauseIsTold() {
        node.pause("media");
        String job = node.pushOn("media", new Mail("ada"));

        JsonNode json = explain("explained", job, "--json").json();

        assertThat(json.get("id").asText()).isEqualTo(job);
        assertThat(json.get("type").asText()).isEqualTo("mail");
        assertThat(json.get("queue").asText()).isEqualTo("media");
        assertThat(json.get("state").asText()).isEqualTo("READY");
        JsonNode paused = json.get("causes").get(0);
        assertThat(paused.get("cause").asText()).isEqualTo("queue-paused");
        assertThat(paused.get("by").asText()).isEqualTo("node-a");
        assertThat(paused.get("since").asText()).contains("T");
        JsonNode unserved = json.get("causes").get(1);
        assertThat(unserved.get("cause").asText()).isEqualTo("queue-unserved");
        assertThat(unserved.get("served").get("node-a").get(0).asText()).isEqualTo("default");
        assertThat(unserved.get("text").asText()).contains("node-a serves default");
        assertThat(explain("explained", job).out())
                .contains("job " + job + ", mail on media, READY", "was paused by node-a at", "No live node serves");
    }

    @Test
    void aDelayedJobSaysUntilWhen() {
        String job = node.later(Duration.ofHours(1), new Mail("ada"));

        Said said = explain("explained", job);

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("It is delayed until ");
    }

    @Test
    void anUnknownJobIsSaidSo() {
        Said said = explain("explained", "nobody");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("The store knows no job nobody");
    }

    @Test
    @Tag("W1")
    void aLinkOnItsWayToAnotherConnectionSaysWhatHoldsIt() {
        Map<String, String> properties = Map.of(
                "muster.cluster", cluster,
                "muster.node-id", "node-b",
                "muster.connection", "orders",
                "muster.connections.orders.driver", "cluster",
                "muster.connections.orders.namespace", "orders-of-cli",
                "muster.connections.reports.driver", "memory");
        try (Connections connections = Connections.of(properties, Map.of("QUEUE_MEMORY_MAX_JOBS", "1"))
                .handle("mail", Mail.class, (mail, context) -> {})
                .work("orders", PoolOptions.of("default"))
                .open()) {
            connections.on("reports").push(new Mail("fills it"));
            connections
                    .defaultConnection()
                    .chain(
                            new Mail("first"),
                            connections.job(new Mail("second")).id("second").onConnection("reports"))
                    .dispatch();

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                Said said = explain("orders-of-cli", "second", "--store", "cluster:", "--json");
                assertThat(said.exitCode()).isZero();
                JsonNode cause = said.json().get("causes").get(0);
                assertThat(cause.get("cause").asText()).isEqualTo("on-its-way");
                assertThat(cause.path("connection").asText()).isEqualTo("reports");
                assertThat(cause.path("leader").asText()).isEqualTo("node-b");
                assertThat(cause.path("since").asText()).contains("T");
                assertThat(cause.path("reason").asText()).contains("has no room");
            });
            assertThat(explain("orders-of-cli", "second", "--store", "cluster:").out())
                    .contains(
                            "It is on its way to connection \"reports\", queue \"default\", where node-b, which leads,",
                            "It is tried again by itself.");
        }
    }

    private Said explain(String namespace, String id, String... more) {
        List<String> words = new ArrayList<>(List.of("explain", id, "--cluster", cluster, "--namespace", namespace));
        words.addAll(List.of(more));
        return Terminal.in(directory).run(words.toArray(String[]::new));
    }
}
