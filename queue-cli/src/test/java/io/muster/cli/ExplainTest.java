package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.queue.Queue;
import java.nio.file.Path;
import java.time.Duration;
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

        JsonNode json = run("explain", job, "--json").json();

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
        assertThat(run("explain", job).out())
                .contains("job " + job + ", mail on media, READY", "was paused by node-a at", "No live node serves");
    }

    @Test
    void aDelayedJobSaysUntilWhen() {
        String job = node.later(Duration.ofHours(1), new Mail("ada"));

        Said said = run("explain", job);

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains("It is delayed until ");
    }

    @Test
    void anUnknownJobIsSaidSo() {
        Said said = run("explain", "nobody");

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("The store knows no job nobody");
    }

    private Said run(String command, String id, String... more) {
        String[] words = new String[more.length + 6];
        words[0] = command;
        words[1] = id;
        words[2] = "--cluster";
        words[3] = cluster;
        words[4] = "--namespace";
        words[5] = "explained";
        System.arraycopy(more, 0, words, 6, more.length);
        return Terminal.in(directory).run(words);
    }
}
