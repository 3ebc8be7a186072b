package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.queue.Queue;
import io.muster.queue.distribution.QueueOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failed jobs of a cluster in this JVM, as an operator deals with them. */
@Timeout(90)
@Tag("F1")
@Tag("O1")
class FailedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final String cluster = "local:" + UUID.randomUUID();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private Queue node;

    record Mail(String to) {}

    @BeforeEach
    void startANode() {
        node = Queue.named("failing")
                .settings(settings -> settings.toBuilder()
                        .nodeId("node-a")
                        .queues(QueueOrder.strict("default", "slow"))
                        .build())
                .cluster(cluster)
                .handle("mail", Mail.class, (mail, context) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("no mail to " + mail.to());
                    }
                })
                .start();
    }

    @AfterEach
    void stopTheNode() {
        node.close();
    }

    @Test
    void failedJobsAreListedAndShownWithTheirStackTrace() {
        String id = fail("default", "ada");
        fail("slow", "bob");

        JsonNode all = run(0, "failed", "--json").json();
        assertThat(all.get("jobs")).hasSize(2);
        assertThat(all.get("next").isNull()).isTrue();
        JsonNode first = all.get("jobs").get(0);
        assertThat(first.get("id").asText()).isEqualTo(id);
        assertThat(first.get("connection").asText()).isEqualTo("default");
        assertThat(first.get("queue").asText()).isEqualTo("default");
        assertThat(first.get("type").asText()).isEqualTo("mail");
        assertThat(first.get("node").asText()).isEqualTo("node-a");
        assertThat(first.get("exception").asText()).contains("no mail to ada");
        assertThat(first.get("failedAt").asText()).contains("T");
        assertThat(first.get("attempts").get("exceptions").asInt()).isEqualTo(1);

        JsonNode one = run(0, "failed", "--json", id).json();
        assertThat(one.get("stackTrace").asText()).contains("IllegalStateException", "FailedTest");
        assertThat(run(0, "failed").out()).contains("FAILED AT", id, "no mail to ada", "no mail to bob");
        assertThat(run(0, "failed", id).out()).contains("IllegalStateException", "on node node-a");
        assertThat(run(0, "failed", "--queue", "slow").out()).contains("bob").doesNotContain("ada");
        assertThat(run(1, "failed", "unknown").err()).contains("No failed job unknown");
    }

    @Test
    void aListingGoesOnWhereAPageEnded() {
        IntStream.range(0, 5).forEach(i -> fail("default", "user-" + i));

        JsonNode page = run(0, "failed", "--json", "--limit", "3").json();
        assertThat(page.get("jobs")).hasSize(3);
        String next = page.get("next").asText();
        JsonNode rest =
                run(0, "failed", "--json", "--limit", "3", "--after", next).json();

        assertThat(rest.get("jobs")).hasSize(2);
        assertThat(rest.get("next").isNull()).isTrue();
        assertThat(run(0, "failed", "--limit", "3").out()).contains("more: --after " + next);
    }

    @Test
    void jobsAreRetriedByIdByQueueAndAll() {
        String ada = fail("default", "ada");
        fail("slow", "bob");
        fail("slow", "eve");
        broken.set(false);

        Said said = run(1, "retry", ada, "unknown");
        assertThat(said.out().lines()).containsExactly(ada + " retried", "unknown is no failed job");
        assertThat(run(0, "retry", "--json", "--queue", "slow")
                        .json()
                        .get("retried")
                        .asInt())
                .isEqualTo(2);
        assertThat(run(0, "retry", "all").out()).isEqualToIgnoringNewLines("retried 0 jobs");

        await().atMost(PATIENCE)
                .until(() -> node.size("default").completed() == 1
                        && node.size("slow").completed() == 2);
        assertThat(run(0, "failed").out()).contains("no failed jobs");
    }

    @Test
    void aRetryNeedsToKnowWhichJobsAreMeant() {
        assertThat(run(2, "retry").err()).contains("Which jobs?");
        assertThat(run(2, "retry", "some-id", "--queue", "slow").err()).contains("Which jobs?");
        assertThat(run(2, "retry", "all", "--queue", "slow").err()).contains("Which jobs?");
    }

    @Test
    void jobsAreForgottenPrunedAndFlushed() {
        String ada = fail("default", "ada");
        fail("default", "bob");

        assertThat(run(1, "forget", ada, "unknown").out().lines())
                .containsExactly(ada + " forgotten", "unknown is no failed job");
        assertThat(run(1, "forget", "--json", ada)
                        .json()
                        .get(0)
                        .get("forgotten")
                        .asBoolean())
                .isFalse();
        assertThat(run(0, "prune-failed").out()).isEqualToIgnoringNewLines("removed 0 failed jobs");
        assertThat(run(0, "flush", "--hours", "1").out()).isEqualToIgnoringNewLines("removed 0 failed jobs");
        assertThat(run(0, "flush", "--json").json().get("removed").asInt()).isEqualTo(1);
        assertThat(node.failed().count()).isZero();
    }

    @Test
    @Tag("F3")
    void busyQueuesAreSaidByTheExitCodeToo() {
        node.pause("slow");
        node.bulk(
                "slow",
                IntStream.range(0, 3).mapToObj(i -> new Mail("user-" + i)).toList());

        assertThat(run(0, "monitor", "--max", "3", "slow,default").out()).contains("slow", "ok");
        Said busy = run(3, "monitor", "--json", "--max", "2", "default,slow");

        assertThat(busy.json()).hasSize(2);
        assertThat(busy.json().get(0).get("busy").asBoolean()).isFalse();
        assertThat(busy.json().get(1).get("queue").asText()).isEqualTo("slow");
        assertThat(busy.json().get(1).get("size").asInt()).isEqualTo(3);
        assertThat(busy.json().get(1).get("busy").asBoolean()).isTrue();
        assertThat(run(2, "monitor", "slow,,default").err()).contains("no list of queues");
    }

    private String fail(String queue, String to) {
        long before = node.failed().count();
        String id = node.pushOn(queue, new Mail(to));
        await().atMost(PATIENCE).until(() -> node.failed().count() == before + 1);
        return id;
    }

    private Said run(int exitCode, String command, String... options) {
        String[] words = new String[options.length + 5];
        words[0] = command;
        words[1] = "--cluster";
        words[2] = cluster;
        words[3] = "--namespace";
        words[4] = "failing";
        System.arraycopy(options, 0, words, 5, options.length);
        Said said = Terminal.in(directory).run(words);
        assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(exitCode);
        return said;
    }
}
