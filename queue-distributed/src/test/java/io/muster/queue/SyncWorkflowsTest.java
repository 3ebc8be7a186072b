package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.Batch;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.Middleware;
import io.muster.queue.middleware.SkipIfBatchCancelled;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chains and batches whose jobs run in their caller. */
@Timeout(60)
class SyncWorkflowsTest {
    private static final List<String> RAN = new CopyOnWriteArrayList<>();

    private final Connections connections = open(SystemTimeline.instance(), Map.of());
    private final Connection sync = connections.on("sync");

    /** Does what its word says. */
    record Step(String word) implements Job {
        @Override
        public void handle(JobContext context) throws Exception {
            RAN.add(word
                    + context.failure().map(failure -> ": " + failure.reason()).orElse(""));
            if (word.startsWith("break")) {
                throw new IllegalStateException(word + " broke");
            }
            switch (word) {
                case "checked" -> throw new IOException("no disk");
                case "release" -> context.release(Duration.ofSeconds(5));
                case "delete" -> context.delete();
                case "cancel" -> context.batch().cancel();
                case "add" -> context.batch().add(new Step("added one"), new Step("added two"));
                case "append" -> context.chain().append(new Step("appended"));
                default -> {}
            }
        }

        @Override
        public void failed(Throwable cause) {
            RAN.add(word + " failed");
        }

        @Override
        public List<Middleware> middleware() {
            return word.equals("skipped") ? List.of(new SkipIfBatchCancelled()) : List.of();
        }
    }

    record Elsewhere(String what) {}

    private static Connections open(Timeline timeline, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("muster.namespace", "sync-" + UUID.randomUUID());
        settings.put("muster.connection", "sync");
        settings.put("muster.keys", EncryptionKeys.generate("first"));
        return Connections.of(settings)
                .timeline(timeline)
                .each(queue -> queue.job("step", Step.class).type("elsewhere", Elsewhere.class))
                .open();
    }

    @BeforeEach
    void begin() {
        RAN.clear();
    }

    @AfterEach
    void close() {
        connections.close();
    }

    @Test
    @Tag("W1")
    void aChainRunsLinkByLinkInItsCaller() {
        sync.chain(new Step("one"), sync.job(new Step("two")).delay(Duration.ofHours(1)), new Step("three"))
                .catching(new Step("caught"))
                .dispatch();

        assertThat(RAN).containsExactly("one", "two", "three");
    }

    @Test
    @Tag("W1")
    void aFailedLinkEndsTheChainTellsItsCatchAndIsThrown() {
        assertThatThrownBy(() -> sync.chain(new Step("one"), new Step("break"), new Step("never"))
                        .catching(new Step("caught"))
                        .dispatch())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("break broke");

        assertThat(RAN)
                .containsExactly(
                        "one", "break", "break failed", "caught: java.lang.IllegalStateException: break broke");
    }

    @Test
    @Tag("W1")
    void whatFailsAfterAFailureStandsBesideIt() {
        assertThatThrownBy(() -> sync.chain(new Step("break"))
                        .catching(new Step("break too"))
                        .dispatch())
                .hasMessage("break broke")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("break too broke"));
    }

    @Test
    @Tag("W1")
    void deletingEndsNoChainAndLinksAreAddedWhileItRuns() {
        sync.chain(new Step("delete"), new Step("append"), new Step("last")).dispatch();

        assertThat(RAN).containsExactly("delete", "append", "last", "appended");
    }

    @Test
    @Tag("W1")
    void aReleasedLinkFailsTheChain() {
        assertThatThrownBy(() -> sync.chain(new Step("release"), new Step("never"))
                        .catching(new Step("caught"))
                        .dispatch())
                .hasMessageContaining("nothing keeps it");

        assertThat(RAN).hasSize(3).last().asString().startsWith("caught: ");
    }

    @Test
    @Tag("W2")
    void aBatchHasRunWhenItsDispatchReturns() {
        Batch batch = sync.batch("rows")
                .add(new Step("one"))
                .addChain(new Step("two"), new Step("three"))
                .before(new Step("before"))
                .progress(new Step("progress"))
                .then(new Step("then"))
                .catching(new Step("caught"))
                .onFinally(new Step("finally"))
                .dispatch();

        assertThat(RAN)
                .containsExactly(
                        "before", "one", "progress", "two", "three", "progress", "progress", "then", "finally");
        assertThat(batch.finished()).isTrue();
        assertThat(batch.processedJobs()).isEqualTo(3);
        assertThat(batch.refreshed().progress()).isEqualTo(100);
    }

    @Test
    @Tag("W3")
    void aBatchWaitsForTheBatchInItsChainAndForWhatComesBehind() {
        Batch outer = sync.batch("outer")
                .addChain(
                        new Step("one"), sync.batch("inner").add(new Step("two"), new Step("three")), new Step("four"))
                .then(new Step("then"))
                .onFinally(new Step("finally"))
                .dispatch();

        assertThat(RAN).containsExactly("one", "two", "three", "four", "then", "finally");
        assertThat(outer.refreshed().finished()).isTrue();
        assertThat(outer.refreshed().pendingJobs()).isZero();
    }

    @Test
    @Tag("W3")
    void aFailedBatchInTheChainOfABatchFailsThatOne() {
        assertThatThrownBy(() -> sync.batch("outer")
                        .addChain(new Step("one"), sync.batch("inner").add(new Step("break")), new Step("never"))
                        .then(new Step("then"))
                        .onFinally(new Step("finally"))
                        .dispatch())
                .hasMessage("break broke");

        assertThat(RAN).doesNotContain("never", "then");
        assertThat(RAN.get(RAN.size() - 1)).startsWith("finally");
    }

    @Test
    @Tag("W2")
    void aFailureEndsABatchAndIsThrownOnceItsCallbacksRan() {
        assertThatThrownBy(() -> sync.batch("rows")
                        .add(new Step("one"), new Step("break"), new Step("never"))
                        .then(new Step("then"))
                        .catching(new Step("caught"))
                        .onFinally(new Step("finally"))
                        .dispatch())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("break broke");

        assertThat(RAN.get(3)).isEqualTo("caught: java.lang.IllegalStateException: break broke");
        assertThat(RAN).hasSize(5).startsWith("one", "break", "break failed");
        assertThat(RAN.get(4)).startsWith("finally");
    }

    @Test
    @Tag("W2")
    void aBatchThatAllowsFailuresRunsToItsEndAndThrowsThen() {
        assertThatThrownBy(() -> sync.batch("rows")
                        .add(new Step("break"), new Step("one"), new Step("break too"))
                        .allowFailures()
                        .then(new Step("then"))
                        .onFinally(new Step("finally"))
                        .dispatch())
                .hasMessage("break broke")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));

        assertThat(RAN)
                .startsWith("break", "break failed", "one", "break too", "break too failed")
                .hasSize(6);
        assertThat(RAN.get(5)).startsWith("finally");
    }

    @Test
    @Tag("W3")
    void jobsAddToTheirBatchAndCancelIt() {
        Batch grown = sync.batch("grown")
                .add(new Step("add"), new Step("last"))
                .then(new Step("then"))
                .dispatch();
        assertThat(RAN).containsExactly("add", "added one", "added two", "last", "then");
        assertThat(grown.totalJobs()).isEqualTo(4);
        RAN.clear();

        Batch cancelled = sync.batch("cancelled")
                .add(new Step("cancel"), new Step("skipped"))
                .onFinally(new Step("finally"))
                .dispatch();

        assertThat(RAN).containsExactly("cancel", "finally");
        assertThat(cancelled.cancelled()).isTrue();
        assertThat(cancelled.finished()).isTrue();
        assertThatThrownBy(() -> cancelled.add(new Step("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is finished");
    }

    @Test
    @Tag("W3")
    void aBatchInAChainHoldsTheRestUntilItIsThroughAndFailsItIfItFails() {
        sync.chain(new Step("one"), sync.batch("two").add(new Step("2a"), new Step("2b")), new Step("three"))
                .dispatch();
        assertThat(RAN).containsExactly("one", "2a", "2b", "three");
        RAN.clear();

        assertThatThrownBy(
                        () -> sync.chain(new Step("one"), sync.batch("two").add(new Step("break")), new Step("never"))
                                .catching(new Step("caught"))
                                .dispatch())
                .hasMessage("break broke");

        assertThat(RAN).hasSize(4).startsWith("one", "break", "break failed");
        assertThat(RAN.get(3)).startsWith("caught");
    }

    @Test
    @Tag("W1")
    void aLinkOnAnotherConnectionIsPushedThereFromTheCaller() {
        try (Connections two = open(SystemTimeline.instance(), Map.of("muster.connections.kept.driver", "memory"))) {
            two.on("sync")
                    .chain(
                            new Step("one"),
                            two.on("sync").job(new Elsewhere("x")).onConnection("kept"),
                            new Step("behind it"))
                    .dispatch();

            assertThat(RAN).containsExactly("one");
            assertThat(two.on("kept").size("default").ready()).isEqualTo(1);
        }
    }

    @Test
    @Tag("W1")
    void aChainOfAConnectionThatKeepsJobsIsWhollyOnSyncOrNotAtAll() {
        try (Connections two = open(SystemTimeline.instance(), Map.of("muster.connections.kept.driver", "memory"))) {
            Connection kept = two.on("kept");

            kept.chain(new Step("one"), new Step("two")).onConnection("sync").dispatch();
            assertThat(RAN).containsExactly("one", "two");

            assertThatThrownBy(() -> kept.chain(
                                    new Step("one"), kept.job(new Step("two")).onConnection("sync"))
                            .dispatch())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("\"sync\"", "in their caller", "Chain.onConnection");
            assertThatThrownBy(() -> kept.chain(
                                    new Step("one"), kept.job(new Step("two")).onConnection("kept"))
                            .onConnection("sync")
                            .dispatch())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kept.batch("b")
                            .add(new Step("one"))
                            .then(kept.job(new Step("then")).onConnection("sync"))
                            .dispatch())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(kept.size("default").live()).isZero();
        }
    }
}
