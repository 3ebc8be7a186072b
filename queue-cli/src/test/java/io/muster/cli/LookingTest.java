package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that look and push say of a cluster that runs in this JVM. */
@Timeout(60)
class LookingTest {
    @TempDir
    private Path directory;

    private final String cluster = "local:" + UUID.randomUUID();
    private Queue node;

    @BeforeEach
    void startANode() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "one two three\n");
        Files.writeString(directory.resolve("b.txt"), "four five\n");
        QueueSettings settings = QueueSettings.of(Map.of(
                "muster.namespace",
                "looking",
                "muster.heartbeat-interval",
                "10m",
                "muster.reclaim-after",
                "1h",
                "muster.node-id",
                "node-a"));
        node = Queue.of(settings)
                .cluster(cluster)
                .handle(IndexFile.TYPE, new IndexHandler(run -> {}))
                .start();
    }

    @AfterEach
    void stopTheNode() {
        node.close();
    }

    @Test
    @Tag("C1")
    void nodesAreListedWithWhoLeads() {
        JsonNode nodes = run("nodes", "--json").json();

        assertThat(nodes).hasSize(1);
        assertThat(nodes.get(0).get("node").asText()).isEqualTo("node-a");
        assertThat(nodes.get(0).get("status").asText()).isEqualTo("ONLINE");
        assertThat(nodes.get(0).get("leads").asBoolean()).isTrue();
        assertThat(nodes.get(0).get("jobTypes").get(0).asText()).isEqualTo("index-file");
        assertThat(run("nodes").out()).contains("NODE", "node-a", "ONLINE", "leads", "index-file");
    }

    @Test
    @Tag("C4")
    void theLeaderIsNamedWithItsTerm() {
        JsonNode leader = run("leader", "--json").json();

        assertThat(leader.get("leaderId").asText()).isEqualTo("node-a");
        assertThat(leader.get("term").asLong()).isPositive();
        assertThat(run("leader").out()).isEqualToIgnoringNewLines("node-a leads, term " + leader.get("term"));
    }

    @Test
    @Tag("C8")
    void statsAgreeWithWhatWasPushedAndDone() {
        Said pushed = run("push", "--count", "20");
        assertThat(pushed.out().lines()).hasSize(20).doesNotHaveDuplicates();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(run("stats", "--json")
                        .json()
                        .get("jobs")
                        .get("completed")
                        .asInt())
                .isEqualTo(20));

        JsonNode stats = run("stats", "--json").json();
        assertThat(stats.get("leaderId").asText()).isEqualTo("node-a");
        assertThat(stats.get("totalNodes").asInt()).isEqualTo(1);
        assertThat(stats.get("onlineNodes").asInt()).isEqualTo(1);
        assertThat(stats.get("queues").get(0).get("queue").asText()).isEqualTo("default");
        assertThat(stats.get("queues").get(0).get("failed").asInt()).isZero();
        assertThat(stats.get("pools").get(0).get("total").asInt()).isEqualTo(3);
        assertThat(stats.get("pools").get(0).get("completed").asInt())
                .as("without waiting for a heartbeat")
                .isEqualTo(20);
        assertThat(run("stats").out()).contains("leader node-a", "QUEUE", "default", "POOL", "node-a");
    }

    @Test
    @Tag("Q4")
    void pushedJobsGoToTheNamedQueueWithTheirDelay() {
        JsonNode ids =
                run("push", "--json", "--queue", "slow", "--delay", "10m").json();

        assertThat(ids).hasSize(2);
        JsonNode queue = run("stats", "--json").json().get("queues").get(0);
        assertThat(queue.get("queue").asText()).isEqualTo("slow");
        assertThat(queue.get("delayed").asInt()).isEqualTo(2);
    }

    @Test
    @Tag("J1")
    void whatNobodyServesWaitsAndIsShown() {
        node.pushRaw(List.of(NewJob.of("job-1", "default", "paint-fence", new byte[] {1})));
        run("push", "--count", "3", "--queue", "elsewhere");

        JsonNode unserved = run("stats", "--json").json().get("unserved");

        assertThat(unserved).hasSize(2);
        assertThat(unserved.get(0).get("type").asText()).isEqualTo("paint-fence");
        assertThat(unserved.get(1).get("queue").asText()).isEqualTo("elsewhere");
        assertThat(unserved.get(1).get("jobs").asInt()).isEqualTo(3);
        assertThat(run("stats").out())
                .contains("1 jobs of type \"paint-fence\" on queue \"default\"; no node serves both");
    }

    @Test
    @Tag("J1")
    void anUnreadablePayloadFailsAndIsKeptAndTheNodeGoesOn() {
        node.pushRaw(List.of(NewJob.of("job-1", "default", IndexFile.TYPE.name(), new byte[] {1, 2, 3})));
        run("push", "--count", "3");

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode jobs = run("stats", "--json").json().get("jobs");
            assertThat(jobs.get("completed").asInt()).isEqualTo(3);
            assertThat(jobs.get("failed").asInt()).isEqualTo(1);
        });
        StoredJob kept = node.find("job-1").orElseThrow();
        assertThat(kept.state()).isEqualTo(JobState.FAILED);
        assertThat(kept.reason().orElseThrow()).startsWith("Payload is unreadable");
    }

    @Test
    @Tag("Q5")
    void aPausedQueueKeepsItsJobsUntilItIsClearedOrResumed() {
        assertThat(run("pause", "default", "slow").out().lines()).containsExactly("paused default", "paused slow");
        run("push", "--count", "3");
        run("push", "--count", "2", "--delay", "10m");
        JsonNode queue = run("stats", "--json").json().get("queues").get(0);
        assertThat(queue.get("paused").asBoolean()).isTrue();
        assertThat(queue.get("pending").asInt()).isEqualTo(3);
        assertThat(queue.get("delayed").asInt()).isEqualTo(2);

        JsonNode cleared = run("clear", "--json", "default").json();

        assertThat(cleared.get(0).get("queue").asText()).isEqualTo("default");
        assertThat(cleared.get(0).get("cleared").asInt()).isEqualTo(5);
        assertThat(node.size("default").live()).isZero();
        run("push", "--count", "1");
        assertThat(run("resume", "--json", "default")
                        .json()
                        .get(0)
                        .get("paused")
                        .asBoolean())
                .isFalse();
        await().atMost(Duration.ofSeconds(20)).until(() -> node.size("default").completed() == 1);
        assertThat(run("clear", "default").out()).isEqualToIgnoringNewLines("cleared default: 0 jobs");
    }

    @Test
    @Tag("S2")
    void schedulesAreListedPausedResumedRunAndRemoved() {
        assertThat(schedule("list").out()).isEqualToIgnoringNewLines("no schedules");
        node.schedule("nightly")
                .job(node.job(new IndexFile("a.txt", "run")).onQueue("elsewhere"))
                .dailyAt("13:00")
                .zone("Europe/Berlin")
                .withoutOverlapping()
                .register();

        JsonNode listed = schedule("list", "--json").json().get(0);
        assertThat(listed.get("name").asText()).isEqualTo("nightly");
        assertThat(listed.get("cron").asText()).isEqualTo("0 13 * * *");
        assertThat(listed.get("zone").asText()).isEqualTo("Europe/Berlin");
        assertThat(listed.get("queue").asText()).isEqualTo("elsewhere");
        assertThat(listed.get("nextRun").asText()).endsWith(":00:00Z");
        assertThat(listed.get("lastRun").isNull()).isTrue();
        assertThat(schedule("list").out()).contains("SCHEDULE", "nightly", "0 13 * * *", "Europe/Berlin");

        assertThat(schedule("pause", "nightly").out()).isEqualToIgnoringNewLines("nightly: paused true");
        assertThat(schedule("list", "--json").json().get(0).get("nextRun").isNull())
                .isTrue();
        assertThat(schedule("list").out()).contains("paused by");
        assertThat(schedule("resume", "--all", "--json")
                        .json()
                        .get(0)
                        .get("paused")
                        .asBoolean())
                .isFalse();

        String job =
                schedule("run", "nightly", "--json").json().get(0).get("job").asText();
        assertThat(node.find(job)).isPresent();
        Said again = said("schedule", "run", "nightly");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("nightly", job, "has not ended");

        assertThat(said("schedule", "pause", "nightyl").exitCode()).isEqualTo(1);
        assertThat(said("schedule", "pause", "nightyl").err()).contains("No schedule \"nightyl\"; there are nightly");
        assertThat(schedule("remove", "nightly").out()).isEqualToIgnoringNewLines("nightly: removed true");
        assertThat(schedule("list", "--json").json()).isEmpty();
    }

    private Said schedule(String command, String... options) {
        return done(said("schedule", join(command, options)));
    }

    private Said run(String command, String... options) {
        return done(said(command, options));
    }

    private static Said done(Said said) {
        assertThat(said.exitCode()).as(said.err()).isZero();
        return said;
    }

    private Said said(String command, String... options) {
        String[] where = {"--cluster", cluster, "--namespace", "looking"};
        return Terminal.in(directory).run(join(command, join(options, where)));
    }

    private static String[] join(String first, String... others) {
        return join(new String[] {first}, others);
    }

    private static String[] join(String[] first, String[] others) {
        return Stream.of(first, others).flatMap(Stream::of).toArray(String[]::new);
    }
}
