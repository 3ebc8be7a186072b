package io.muster.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The service in three processes on a real coordinator. */
@Timeout(180)
class ServiceIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LISTENS = " listens on ";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"ZOOKEEPER", "REDIS"})
    @Tag("C8")
    @Tag("F3")
    void threeProcessesDispatchWorkAndShowTheClusterFromAnyNode(ServerKind kind) throws Exception {
        Optional<LocalServer> found = SharedServers.get(kind);
        Assumptions.assumeTrue(found.isPresent(), "no " + kind);
        String uri = found.orElseThrow().uri().toString();
        Path file = Files.writeString(directory.resolve("file.txt"), "some words\n");

        try (JavaProcess a = start(uri, "a");
                JavaProcess b = start(uri, "b");
                JavaProcess c = start(uri, "c")) {
            List<String> addresses = List.of(address(a), address(b), address(c));
            for (String address : addresses) {
                assertThat(names(get(address + "/nodes"))).containsExactlyInAnyOrder("a", "b", "c");
            }

            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                ids.add(post(addresses.get(i % 3) + "/index?path=" + file));
            }

            assertThat(ids).doesNotHaveDuplicates();
            for (String address : addresses) {
                await().atMost(LIMIT).untilAsserted(() -> {
                    JsonNode stats = get(address + "/stats");
                    assertThat(stats.get("jobs").get("completed").asInt()).isEqualTo(30);
                    assertThat(stats.get("totalNodes").asInt()).isEqualTo(3);
                    assertThat(stats.get("leaderId").asText()).isIn("a", "b", "c");
                });
                JsonNode health = get(address + "/health");
                assertThat(health.get("status").asText()).isEqualTo("healthy");
                assertThat(health.get("stats").get("completed_jobs").asInt()).isEqualTo(30);
            }
            assertThat(ids).allSatisfy(id -> assertThat(holders(addresses, id)).isEqualTo(1));
            assertThat(status(addresses.get(0) + "/index")).isEqualTo(405);

            a.terminate();
            assertThat(a.awaitExit(Duration.ofSeconds(30))).isTrue();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(names(get(addresses.get(1) + "/nodes")))
                    .containsExactlyInAnyOrder("b", "c"));
        }
    }

    private JavaProcess start(String uri, String name) {
        return JavaProcess.start(JavaCommand.of("io.muster.examples.service.ServiceMain", uri, name, "0")
                .withJvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .withLog(directory.resolve(name + ".log")));
    }

    private static String address(JavaProcess process) {
        String line = process.awaitLine(text -> text.contains(LISTENS), LIMIT).orElseThrow();
        return line.substring(line.indexOf(LISTENS) + LISTENS.length());
    }

    private int holders(List<String> addresses, String id) throws Exception {
        int holders = 0;
        for (String address : addresses) {
            holders += status(address + "/indexed?id=" + id) == 200 ? 1 : 0;
        }
        return holders;
    }

    private JsonNode get(String uri) throws IOException, InterruptedException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(uri)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private String post(String uri) throws IOException, InterruptedException {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(URI.create(uri)).POST(BodyPublishers.noBody()));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JSON.readTree(response.body()).get("id").asText();
    }

    private int status(String uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(uri))).statusCode();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    private static List<String> names(JsonNode nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(node -> names.add(node.get("node").asText()));
        return names;
    }
}
