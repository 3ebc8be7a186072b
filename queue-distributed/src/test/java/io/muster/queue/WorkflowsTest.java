package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.queue.failed.FailedFilter;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobName;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.PayloadException;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.middleware.SkipIfBatchCancelled;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chains and batches as their authors write them, on a node that works. */
class WorkflowsTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>();
    private static final AtomicBoolean BROKEN = new AtomicBoolean();
    private Queue queue;

    @JobName("step")
    record Step(String name) implements Job {
        @Override
        public List<Middleware> middleware() {
            return name.startsWith("skips") ? List.of(new SkipIfBatchCancelled()) : List.of();
        }

        @Override
        public void handle(JobContext context) {
            LOG.add(name + "@" + context.queue());
            switch (name) {
                case "broken" -> throw new IllegalStateException("broken");
                case "broken once" -> {
                    if (BROKEN.get()) {
                        throw new IllegalStateException("broken");
                    }
                }
                case "deleted" -> context.delete();
                case "grows" -> {
                    context.chain().prepend(new Step("next"));
                    context.chain().append(new Step("last"));
                }
                case "loads" -> context.batch().add(new Step("loaded"), new Step("loaded too"));
                case "cancels" -> context.batch().cancel();
                default -> {}
            }
        }
    }

    @JobName("tell")
    record Tell(String of) implements Job {
        @Override
        public void handle(JobContext context) {
            String batch = context.isInBatch()
                    ? " " + context.batch().name() + " " + context.batch().progress() + "%"
                    : "";
            LOG.add(of
                    + batch
                    + context.failure().map(failure -> " " + failure.reason()).orElse(""));
        }
    }

    @BeforeEach
    void start() {
        LOG.clear();
        BROKEN.set(true);
        queue = Queue.named("workflows-" + System.identityHashCode(this))
                .store(cluster -> MemoryStore.open(
                        new MemoryOptions(5000), cluster.options().timeline()))
                .job(Step.class)
                .job(Tell.class)
                .pool(PoolOptions.of("default", "media").withConcurrency(4))
                .start();
    }

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    @Tag("W1")
    void aChainRunsInOrder() {
        queue.chain(new Step("a"), queue.job(new Step("b")).onQueue("default"), new Step("c"))
                .onQueue("media")
                .dispatch();

        logged("a@media", "b@default", "c@media");
    }

    @Test
    @Tag("W1")
    void deletingDoesNotStopAChainAndFailingDoes() {
        queue.chain(new Step("deleted"), new Step("broken"), new Step("never"))
                .catching(new Tell("caught"))
                .dispatch();

        logged("deleted@default", "broken@default", "caught java.lang.IllegalStateException: broken");
    }

    @Test
    @Tag("W1")
    void aDelayedLinkWaits() {
        queue.chain(new Step("a"), queue.job(new Step("b")).delay(Duration.ofMillis(300)))
                .dispatch();

        await().until(() -> LOG.size() == 1);
        await().until(() -> queue.size("default").delayed() == 1);
        logged("a@default", "b@default");
    }

    @Test
    @Tag("W1")
    void aRunningJobChangesItsChain() {
        queue.chain(new Step("grows"), new Step("second")).dispatch();

        logged("grows@default", "next@default", "second@default", "last@default");
    }

    @Test
    @Tag("W1")
    void aRetriedLinkGoesOnWithTheChain() {
        queue.chain(new Step("broken once"), new Step("b")).dispatch();
        await().until(() -> queue.size("default").failed() == 1);
        BROKEN.set(false);

        queue.failed().retry(FailedFilter.ALL);

        logged("broken once@default", "broken once@default", "b@default");
    }

    @Test
    @Tag("W1")
    void aChainThatCannotBeIsRefusedAtOnce() {
        assertThatThrownBy(() -> queue.chain())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a job");
        assertThatThrownBy(() -> queue.chain(new Step("a"), "text").dispatch())
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("not registered");
        assertThatThrownBy(() -> queue.chain(new Step("a"), new Step("b"))
                        .onConnection("reports")
                        .dispatch())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reports");
        assertThat(queue.size("default").ready()).isZero();
    }

    @Test
    @Tag("W2")
    void aBatchCallsBack() {
        Batch batch = queue.batch("Import")
                .add(new Step("a"), new Step("b"))
                .before(new Tell("before"))
                .progress(new Tell("progress"))
                .then(new Tell("then"))
                .catching(new Tell("catch"))
                .onFinally(new Tell("finally"))
                .onQueue("media")
                .dispatch();

        await().until(() -> LOG.size() == 7);
        assertThat(LOG).contains("a@media", "b@media", "then Import 100%", "finally Import 100%");
        assertThat(LOG).filteredOn(line -> line.startsWith("progress")).hasSize(2);
        Batch done = batch.refreshed();
        assertThat(done.finished()).isTrue();
        assertThat(done.totalJobs()).isEqualTo(2);
        assertThat(done.processedJobs()).isEqualTo(2);
        assertThat(done.pendingJobs()).isZero();
    }

    @Test
    @Tag("W2")
    void aFailureCancelsAndIsCaught() {
        Batch batch = queue.batch("Import")
                .add(new Step("broken"))
                .then(new Tell("then"))
                .catching(new Tell("catch"))
                .onFinally(new Tell("finally"))
                .dispatch();

        await().until(() -> LOG.size() == 3);
        assertThat(LOG)
                .contains(
                        "broken@default",
                        "catch Import 100% java.lang.IllegalStateException: broken",
                        "finally Import 100% java.lang.IllegalStateException: broken");
        assertThat(batch.refreshed().cancelled()).isTrue();
        assertThat(batch.refreshed().failedJobs()).isEqualTo(1);
    }

    @Test
    @Tag("W2")
    void aBatchMayBeLargerThanOneCallTakes() {
        List<Step> jobs = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            jobs.add(new Step("s" + i));
        }

        Batch batch = queue.batch("large").add(jobs).then(new Tell("then")).dispatch();

        await().atMost(Duration.ofSeconds(30)).until(() -> LOG.contains("then large 100%"));
        assertThat(batch.refreshed().totalJobs()).isEqualTo(2500);
        assertThat(LOG).hasSize(2501);
    }

    @Test
    @Tag("W3")
    void chainsInABatchAndJobsAddedFromInside() {
        Batch batch = queue.batch("nested")
                .addChain(new Step("a1"), new Step("a2"))
                .add(new Step("loads"))
                .then(new Tell("then"))
                .dispatch();

        await().until(() -> LOG.contains("then nested 100%"));
        assertThat(LOG).contains("a1@default", "a2@default", "loaded@default", "loaded too@default");
        assertThat(batch.refreshed().totalJobs()).isEqualTo(5);
        assertThatThrownBy(() -> batch.add(new Step("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("finished");
    }

    @Test
    @Tag("W3")
    void batchesInAChain() {
        queue.chain(
                        new Step("first"),
                        queue.batch("one").add(new Step("b1"), new Step("b2")).then(new Tell("then")),
                        queue.batch("two").add(new Step("c1")),
                        new Step("last"))
                .catching(new Tell("caught"))
                .dispatch();

        await().until(() -> LOG.contains("last@default"));
        assertThat(LOG).hasSize(6);
        assertThat(LOG.get(0)).isEqualTo("first@default");
        assertThat(LOG.subList(1, 3)).containsExactlyInAnyOrder("b1@default", "b2@default");
        assertThat(LOG.subList(3, 6)).containsExactlyInAnyOrder("then one 100%", "c1@default", "last@default");
        assertThat(LOG).containsSubsequence("c1@default", "last@default");
    }

    @Test
    @Tag("W3")
    void aBatchThatFailsEndsTheChain() {
        queue.chain(queue.batch("one").add(new Step("broken")).catching(new Tell("own")), new Step("never"))
                .catching(new Tell("caught"))
                .dispatch();

        await().until(() -> LOG.size() >= 3);
        assertThat(LOG)
                .startsWith("broken@default")
                .containsExactlyInAnyOrder(
                        "broken@default",
                        "own one 100% java.lang.IllegalStateException: broken",
                        "caught one 100% java.lang.IllegalStateException: broken");
    }

    @Test
    @Tag("W3")
    void aBatchInAChainThatIsInABatchHoldsItUp() {
        Batch outer = queue.batch("outer")
                .addChain(
                        new Step("a"),
                        queue.batch("inner").add(new Step("b"), new Step("b")).onQueue("media"),
                        new Step("c"))
                .add(new Step("alone"))
                .then(new Tell("then"))
                .dispatch();

        await().until(() -> LOG.contains("then outer 100%"));
        assertThat(LOG).containsSubsequence("a@default", "b@media", "b@media", "c@default", "then outer 100%");
        assertThat(outer.refreshed().totalJobs()).isEqualTo(4);
        assertThat(outer.refreshed().processedJobs()).isEqualTo(4);
    }

    @Test
    @Tag("W3")
    void aBatchThatFailsInAChainThatIsInABatchFailsInIt() {
        Batch outer = queue.batch("outer")
                .addChain(new Step("a"), queue.batch("inner").add(new Step("broken")), new Step("never"))
                .onFinally(new Tell("finally"))
                .dispatch();

        await().until(() -> outer.refreshed().finished());
        assertThat(outer.refreshed().failedJobs()).isEqualTo(1);
        assertThat(outer.refreshed().cancelled()).isTrue();
        await().until(() -> LOG.stream().anyMatch(line -> line.startsWith("finally outer")));
        assertThat(LOG).doesNotContain("never@default");
    }

    @Test
    @Tag("W3")
    void whatCannotBeNestedIsRefused() {
        assertThatThrownBy(() -> queue.batch("outer").add(queue.batch("inner")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be in a batch");
    }

    @Test
    @Tag("W4")
    void aBatchIsFoundListedAndJson() {
        Batch batch = queue.batch("Import").add(new Step("a")).dispatch();
        await().until(() -> batch.refreshed().finished());

        Batch found = queue.batches().find(batch.id()).orElseThrow();

        assertThat(found.toJson())
                .startsWith("{\"id\":\"" + batch.id()
                        + "\",\"name\":\"Import\",\"queue\":\"default\",\"totalJobs\":1,\"pendingJobs\":0,"
                        + "\"processedJobs\":1,\"progress\":100,\"failedJobs\":0,\"finished\":true,\"cancelled\":false")
                .contains("\"cancelledAt\":null");
        assertThat(queue.batches().list(Optional.empty(), 10).batches())
                .extracting(Batch::id)
                .containsExactly(batch.id());
        assertThat(queue.batches().find("unknown")).isEmpty();
    }

    @Test
    @Tag("M5")
    @Tag("W5")
    void jobsOfACancelledBatchStillRunUnlessTheySkip() {
        queue.pause("media");
        Batch batch = queue.batch("Import")
                .add(new Step("a"), new Step("skips"))
                .onFinally(new Tell("finally"))
                .then(new Tell("then"))
                .onQueue("media")
                .dispatch();

        assertThat(batch.cancel().cancelled()).isTrue();
        queue.resume("media");

        await().until(() -> LOG.size() == 2);
        assertThat(LOG).containsExactly("a@media", "finally Import 100%");
    }

    @Test
    @Tag("W5")
    void aBatchIsRetriedAndPruned() {
        Batch batch = queue.batch("Import")
                .add(new Step("broken once"))
                .then(new Tell("then"))
                .onFinally(new Tell("finally"))
                .dispatch();
        await().until(() -> LOG.stream().anyMatch(line -> line.startsWith("finally Import 100%")));
        BROKEN.set(false);

        assertThat(queue.batches().retry(batch.id())).isEqualTo(1);

        await().until(() -> LOG.stream().anyMatch(line -> line.startsWith("then Import 100%")));
        assertThat(LOG).filteredOn(line -> line.startsWith("finally")).hasSize(1);
        assertThat(queue.batches().prune(BatchAges.DEFAULT)).isZero();
        Optional<Duration> none = Optional.of(Duration.ZERO);
        assertThat(queue.batches().prune(new BatchAges(none, none, none))).isEqualTo(1);
        assertThat(queue.batches().find(batch.id())).isEmpty();
        assertThatThrownBy(() -> queue.batches().retry(batch.id())).hasMessageContaining(batch.id());
    }

    @Test
    @Tag("W2")
    void aJobOutsideABatchIsToldSo() {
        String id = queue.push(new Step("loads"));

        await().until(() -> queue.find(id).orElseThrow().state() == JobState.FAILED);
        assertThat(queue.find(id).orElseThrow().reason().orElseThrow()).contains("belongs to no batch");
    }

    private static void logged(String... lines) {
        await().until(() -> LOG.size() >= lines.length);
        assertThat(LOG).containsExactly(lines);
    }
}
