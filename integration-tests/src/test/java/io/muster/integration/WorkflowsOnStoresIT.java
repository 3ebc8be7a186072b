package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.Queue;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.SkipIfBatchCancelled;
import io.muster.queue.worker.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains and batches as their authors write them, in each store, worked off by eight threads. */
class WorkflowsOnStoresIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MEMBERS = 60;
    /** Jobs that have failed once. */
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    private static final ConcurrentMap<String, ConcurrentLinkedQueue<String>> LOGS = new ConcurrentHashMap<>();

    @JobName("flow.step")
    record Step(String run, String name) implements Job {
        @Override
        public List<Middleware> middleware() {
            return name.equals("skips") ? List.of(new SkipIfBatchCancelled()) : List.of();
        }

        @Override
        public void handle(JobContext context) {
            told(run, name);
            switch (name) {
                case "broken" -> throw new IllegalStateException("broken");
                case "broken once" -> {
                    if (BROKEN.add(context.jobId())) {
                        throw new IllegalStateException("broken");
                    }
                }
                case "loads" -> context.batch().add(new Step(run, "loaded"));
                case "cancels" -> {
                    context.batch().cancel();
                    context.batch().add(new Step(run, "skips"), new Step(run, "runs"));
                }
                default -> {}
            }
        }
    }

    @JobName("flow.tell")
    record Tell(String run, String of) implements Job {
        @Override
        public void handle(JobContext context) {
            told(
                    run,
                    of
                            + context.failure()
                                    .map(failure -> " " + failure.reason())
                                    .orElse(""));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("W1")
    @Tag("W2")
    @Tag("W3")
    @Tag("W4")
    @Tag("J7")
    @Tag("F1")
    @Tag("M5")
    @Tag("W5")
    void chainsAndBatchesRunAndCallBackOnce(StoreKind kind, @TempDir Path folder) {
        Optional<StorePlace> place = kind.place(folder);
        Assumptions.assumeTrue(place.isPresent(), kind + " is missing");
        workflows(place.get().uri().orElse("cluster:"));
    }

    private static void workflows(String store) {
        String run = "flow-" + UUID.randomUUID().toString().substring(0, 8);
        try (Queue queue = Queue.named(run)
                .cluster("local:")
                .store(store)
                .keys(EncryptionKeys.parse(EncryptionKeys.generate("one")))
                .job(Step.class)
                .job(Tell.class)
                .closure("flow.note", (String text) -> told(run, text))
                .pool(PoolOptions.of("default", "media").withConcurrency(8))
                .start()) {
            chains(queue, run);
            succeeding(queue, run);
            failing(queue, run);
            retried(queue, run);
            cancelled(queue, run);
            nested(queue, run);
        }
    }

    private static void chains(Queue queue, String run) {
        queue.chain(
                        new Step(run, "first"),
                        queue.job(new Step(run, "second")).onQueue("media"),
                        queue.closures().named("flow.note", "third"),
                        new Step(run, "broken"),
                        new Step(run, "never"))
                .catching(new Tell(run, "caught"))
                .dispatch();

        await().atMost(PATIENCE).until(() -> log(run).size() >= 5);
        assertThat(drained(run))
                .containsExactly(
                        "first", "second", "third", "broken", "caught java.lang.IllegalStateException: broken");
    }

    private static void succeeding(Queue queue, String run) {
        List<Step> members = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new Step(run, "member"));
        }
        Batch batch = queue.batch("all well")
                .add(members)
                .add(new Step(run, "loads"))
                .before(new Tell(run, "before"))
                .progress(new Tell(run, "progress"))
                .then(queue.closures().named("flow.note", "then"))
                .catching(new Tell(run, "catch"))
                .onFinally(new Tell(run, "finally"))
                .onQueue("media")
                .dispatch();
        int ended = MEMBERS + 2;

        List<String> log = ended(run, batch, 2 * ended + 3);

        assertThat(log).filteredOn("member"::equals).hasSize(MEMBERS);
        assertThat(log).filteredOn("progress"::equals).hasSize(ended);
        assertThat(log).containsOnlyOnce("before", "loads", "loaded", "then", "finally");
        assertThat(batch.refreshed().totalJobs()).isEqualTo(ended);
        assertThat(batch.refreshed().cancelled()).isFalse();
    }

    private static void failing(Queue queue, String run) {
        Batch batch = queue.batch("broken")
                .add(new Step(run, "broken"), new Step(run, "broken"))
                .then(new Tell(run, "then"))
                .catching(new Tell(run, "catch"))
                .onFinally(new Tell(run, "finally"))
                .dispatch();

        List<String> log = ended(run, batch, 4);

        String reason = " java.lang.IllegalStateException: broken";
        assertThat(log).containsExactlyInAnyOrder("broken", "broken", "catch" + reason, "finally" + reason);
        assertThat(batch.refreshed().cancelled()).isTrue();
        assertThat(batch.refreshed().failedJobs()).isEqualTo(2);
        assertThat(queue.batches().find(batch.id())).isPresent();
    }

    private static void retried(Queue queue, String run) {
        Batch batch = queue.batch("retried")
                .add(new Step(run, "broken once"), new Step(run, "broken once"), new Step(run, "member"))
                .then(new Tell(run, "then"))
                .onFinally(new Tell(run, "finally"))
                .dispatch();
        assertThat(ended(run, batch, 4)).noneMatch(line -> line.startsWith("then"));

        assertThat(queue.batches().retry(batch.id())).isEqualTo(2);

        assertThat(ended(run, batch, 3))
                .containsExactlyInAnyOrder(
                        "broken once", "broken once", "then java.lang.IllegalStateException: broken");
        assertThat(batch.refreshed().processedJobs()).isEqualTo(3);
        assertThat(batch.refreshed().failedJobs()).isZero();
    }

    private static void cancelled(Queue queue, String run) {
        Batch batch = queue.batch("cancelled")
                .add(new Step(run, "cancels"))
                .then(new Tell(run, "then"))
                .onFinally(new Tell(run, "finally"))
                .dispatch();

        assertThat(ended(run, batch, 3)).containsExactlyInAnyOrder("cancels", "runs", "finally");
        assertThat(batch.refreshed().cancelled()).isTrue();
    }

    private static void nested(Queue queue, String run) {
        Batch batch = queue.batch("outer")
                .addChain(new Step(run, "a1"), new Step(run, "a2"))
                .then(new Tell(run, "then"))
                .dispatch();
        assertThat(ended(run, batch, 3)).containsExactly("a1", "a2", "then");

        queue.chain(
                        new Step(run, "head"),
                        queue.batch("inner").add(new Step(run, "b"), new Step(run, "b")),
                        new Step(run, "tail"))
                .dispatch();
        await().atMost(PATIENCE).until(() -> log(run).contains("tail"));
        assertThat(drained(run)).containsExactly("head", "b", "b", "tail");
    }

    /** What was told until the batch had finished, and at least so many lines. */
    private static List<String> ended(String run, Batch batch, int lines) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(log(run)).hasSizeGreaterThanOrEqualTo(lines);
            assertThat(batch.refreshed().finished()).isTrue();
        });
        return drained(run);
    }

    private static void told(String run, String line) {
        log(run).add(line);
    }

    private static ConcurrentLinkedQueue<String> log(String run) {
        return LOGS.computeIfAbsent(run, unknown -> new ConcurrentLinkedQueue<>());
    }

    private static List<String> drained(String run) {
        List<String> drained = List.copyOf(log(run));
        log(run).clear();
        return drained;
    }
}
