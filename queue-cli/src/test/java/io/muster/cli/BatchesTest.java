package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cli.Terminal.Said;
import io.muster.queue.Queue;
import io.muster.queue.job.Batch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches as an operator sees them. */
@Timeout(90)
@Tag("O1")
@Tag("W4")
@Tag("W5")
class BatchesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final String cluster = "local:" + UUID.randomUUID();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private Queue node;

    record Row(int number) {}

    @BeforeEach
    void startANode() {
        node = Queue.named("batched")
                .cluster(cluster)
                .handle("row", Row.class, (row, context) -> {
                    if (row.number() == 0 && broken.get()) {
                        throw new IllegalStateException("no such row");
                    }
                })
                .start();
    }

    @AfterEach
    void stopTheNode() {
        node.close();
    }

    @Test
    void theyAreListedShownRetriedAndPruned() {
        Batch batch = node.batch("rows.csv").add(new Row(0), new Row(1)).dispatch();
        await().atMost(PATIENCE).until(() -> batch.refreshed().finished());

        assertThat(run("list").out()).contains("rows.csv", "cancelled, finished");
        JsonNode listed = run("list", "--json").json().get("batches").get(0);
        assertThat(listed.get("id").asText()).isEqualTo(batch.id());
        assertThat(listed.get("failedJobs").asInt()).isEqualTo(1);
        assertThat(run("show", batch.id()).out()).contains("rows.csv on default", "1 failed", "no such row");

        broken.set(false);
        assertThat(run("retry", batch.id()).out()).contains("retried 1");
        await().atMost(PATIENCE)
                .until(() ->
                        batch.refreshed().failedJobs() == 0 && batch.refreshed().finished());

        assertThat(run("prune").out()).contains("pruned 0");
        assertThat(run("prune", "--hours", "0", "--json").json().get("pruned").asInt())
                .isEqualTo(1);
        assertThat(run("list").out()).contains("no batches");
    }

    @Test
    void oneIsCancelledAndAnUnknownOneIsSaidSo() {
        node.pause("default");
        Batch batch = node.batch("rows.csv").add(new Row(1)).dispatch();

        assertThat(run("cancel", batch.id(), "--json").json().get("cancelled").asBoolean())
                .isTrue();
        Said unknown = run("show", "nobody");

        assertThat(batch.refreshed().cancelled()).isTrue();
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("No batch nobody");
    }

    private Said run(String command, String... more) {
        List<String> words = new ArrayList<>(List.of("batches", command));
        words.addAll(List.of(more));
        words.addAll(List.of("--cluster", cluster, "--namespace", "batched"));
        return Terminal.in(directory).run(words.toArray(String[]::new));
    }
}
