package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.PushOutcome.NotInBatch;
import io.muster.queue.store.PushOutcome.Pushed;
import io.muster.queue.store.PushOutcome.SameId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches that grow, are cancelled, retried, listed and pruned. */
public abstract class BatchChangeContract extends BatchCases {
    @Test
    @Tag("W3")
    void jobsAreAddedWhileItRunsAndNotAfterwards() {
        create(all(), "a");
        callbacksRun();
        Attempt loader = runOne("n1");

        push(member("b"), member("c"));
        assertThat(store.intake().push(List.of(member("b"), member("c"))))
                .containsExactly(new SameId("b"), new SameId("c"));
        assertCounts(3, 0, 0, 0);
        settle(loader, COMPLETED);
        complete("b");
        complete("c");

        assertThat(batch().finished()).isTrue();
        assertThat(store.intake().push(List.of(member("d"), member("a"), job("free"))))
                .containsExactly(
                        new NotInBatch("d", BATCH, NotInBatch.Why.FINISHED), new SameId("a"), new Pushed("free"));
        assertThat(store.intake().find("d")).isEmpty();
        assertCounts(3, 3, 0, 0);
    }

    @Test
    @Tag("W3")
    void aJobOfAnUnknownBatchOrOnAnotherQueueIsRefused() {
        create(all(), "a");
        NewJob unknown = job("x").withBatch(new BatchMembership("nowhere", 1));
        NewJob elsewhere = jobOn("y", "reports").withBatch(new BatchMembership(BATCH, 1));

        List<PushOutcome> outcomes = store.intake().push(List.of(unknown, elsewhere));

        assertThat(outcomes)
                .containsExactly(
                        new NotInBatch("x", "nowhere", NotInBatch.Why.UNKNOWN),
                        new NotInBatch("y", BATCH, NotInBatch.Why.OTHER_QUEUE));
        assertThat(store.intake().find("x")).isEmpty();
        assertCounts(1, 0, 0, 0);
    }

    @Test
    @Tag("W3")
    void aChainInABatchCountsEachOfItsLinks() {
        store.batches().create(all(), List.of(chain("a", 3), member("b")));
        callbacksRun();
        assertCounts(4, 0, 0, 0);

        List<Attempt> attempts = run("n1", 2);
        settleWith(attempts.get(0), COMPLETED, chain("a2", 2));
        settle(attempts.get(1), COMPLETED);
        assertCounts(4, 2, 0, 0);
        callbacksRun();
        settleWith(runOne("n1"), COMPLETED, chain("a3", 1));
        callbacksRun();
        assertThat(batch().finished()).isFalse();
        complete("a3");

        assertCounts(4, 4, 0, 0);
        assertThat(batch().finished()).isTrue();
    }

    @Test
    @Tag("W3")
    void aChainThatGrowsRaisesTheTotal() {
        store.batches().create(all(), List.of(chain("a", 2)));
        callbacksRun();

        settleWith(runOne("n1"), COMPLETED, chain("a2", 3));

        assertCounts(4, 1, 0, 0);
    }

    @Test
    @Tag("W3")
    void whatFollowsInAnotherBatchIsAddedToIt() {
        create(all(), "a");
        push("free");
        callbacksRun();

        settleWith(attemptOf("free"), COMPLETED, chain("b", 2));
        relayAll();
        assertCounts(3, 0, 0, 0);
        settleWith(attemptOf("b"), COMPLETED, member("b2"));
        callbacksRun();
        complete("a");
        callbacksRun();
        complete("b2");
        assertCounts(3, 3, 0, 0);
        assertThat(batch().finished()).isTrue();

        push("late");
        callbacksRun();
        settleWith(attemptOf("late"), COMPLETED, member("c"));
        relayAll();
        assertThat(store.intake().find("c")).isEmpty();
        assertCounts(3, 3, 0, 0);
    }

    @Test
    @Tag("W3")
    void linksBehindAFailedOneAreSkippedUntilItIsRetried() {
        store.batches().create(all(), List.of(chain("a", 3), member("b")));
        callbacksRun();

        fail("a");
        assertCounts(4, 0, 1, 2);
        complete("b");
        assertThat(batch().finished()).isTrue();

        store.intake().retry(List.of("a"));
        assertCounts(4, 1, 0, 0);
        assertThat(batch().finished()).isFalse();
        assertThat(batch().cancelled()).isFalse();
    }

    @Test
    @Tag("W5")
    void aRetriedJobMayLetThenHappenOnceAndFinallyNotAgain() {
        create(all(), "a", "b");
        fail("a");
        complete("b");
        callbacksRun();
        assertThat(batch().finished()).isTrue();

        store.intake().retry(List.of("a"));

        assertThat(batch().finished()).isFalse();
        assertThat(batch().cancelled()).isFalse();
        assertCounts(2, 1, 0, 0);
        fail("a");
        assertThat(batch().finished()).isTrue();
        callbacksRun();
        assertThat(readyIds()).isEmpty();
        store.intake().retry(List.of("a", "b"));
        complete("a");

        assertCounts(2, 2, 0, 0);
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH, BatchEvent.THEN, BatchEvent.FINALLY);
        assertThat(readyIds()).containsExactlyInAnyOrder("batch-1.then", progressOf("a"));
    }

    @Test
    @Tag("W5")
    void aCancelledBatchStillRunsAndHasNoThen() {
        create(all(), "a", "b");

        assertThat(store.batches().cancel(BATCH).orElseThrow().cancelled()).isTrue();
        Instant cancelledAt = batch().cancelledAt().orElseThrow();
        environment.pass(Duration.ofMillis(20));
        store.batches().cancel(BATCH);
        complete("a");
        fail("b");
        store.intake().retry(List.of("b"));
        complete("b");

        assertThat(batch().cancelledAt()).contains(cancelledAt);
        assertCounts(2, 2, 0, 0);
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH, BatchEvent.FINALLY);
        assertThat(store.batches().cancel("unknown")).isEmpty();
    }

    @Test
    @Tag("W5")
    void aFinishedBatchIsNotCancelled() {
        create(all(), "a");
        complete("a");

        assertThat(store.batches().cancel(BATCH).orElseThrow().cancelled()).isFalse();
    }

    @Test
    @Tag("W5")
    void whatIsRemovedWhileItWaitsIsSkipped() {
        create(NewBatch.of(BATCH, QUEUE).withCallbacks(Map.of(BatchEvent.FINALLY, OutboxEntry.here(job("t")))), "a");
        push(chain("b", 2), member("c").withDueAt(environment.now().plus(Duration.ofHours(1))));
        Attempt running = run("n1", 1).get(0);

        assertThat(store.intake().clear(QUEUE, MANY)).isEqualTo(2);

        assertCounts(4, 0, 0, 3);
        settle(running, COMPLETED);
        assertThat(batch().finished()).isTrue();
        assertThat(readyIds()).containsExactly("batch-1.finally");
    }

    @Test
    @Tag("W5")
    void aForgottenJobStaysFailed() {
        create(all(), "a", "b");
        fail("a");

        store.intake().forget(List.of("a"));

        assertCounts(2, 0, 1, 0);
    }

    @Test
    @Tag("W4")
    void batchesAreListedNewestFirstInPages() {
        for (int i = 0; i < 5; i++) {
            store.batches().create(NewBatch.of("b" + i, QUEUE), List.of());
        }

        List<String> listed = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            BatchPage page = store.batches().list(from, 2);
            assertThat(page.batches()).hasSizeLessThanOrEqualTo(2);
            page.batches().forEach(batch -> listed.add(batch.id()));
            from = page.next();
            if (listed.size() == 2) {
                store.batches().create(NewBatch.of("late", QUEUE), List.of());
            }
        } while (from.isPresent());

        assertThat(listed).containsExactly("b4", "b3", "b2", "b1", "b0");
        assertThat(store.batches().find("unknown")).isEmpty();
    }

    @Test
    @Tag("W5")
    void batchesArePrunedByTheirOwnAges() {
        Optional<Duration> second = Optional.of(Duration.ofSeconds(1));
        BatchAges finished = new BatchAges(second, Optional.empty(), Optional.empty());
        BatchAges unfinished = new BatchAges(Optional.empty(), second, Optional.empty());
        BatchAges cancelled = new BatchAges(Optional.empty(), Optional.empty(), second);
        store.batches().create(NewBatch.of("done", QUEUE), List.of());
        create(all(), "a");
        store.batches().create(NewBatch.of("over", QUEUE).opened(), List.of());
        store.batches().cancel("over");
        assertThat(prune(finished) + prune(unfinished) + prune(cancelled)).isZero();
        environment.pass(Duration.ofMillis(1100));

        assertThat(prune(finished)).isEqualTo(1);
        assertThat(known()).containsExactly("over", BATCH);
        assertThat(prune(cancelled)).isEqualTo(1);
        assertThat(known()).containsExactly(BATCH);
        assertThat(prune(unfinished)).isEqualTo(1);
        assertThat(known()).isEmpty();
        callbacksRun();
        complete("a");
        assertThat(readyIds()).isEmpty();
    }

    @Test
    @Tag("W5")
    void pruningHasALimit() {
        IntStream.range(0, 5).forEach(i -> store.batches().create(NewBatch.of("b" + i, QUEUE), List.of()));
        environment.pass(Duration.ofMillis(1100));
        BatchAges ages = new BatchAges(Optional.of(Duration.ofSeconds(1)), Optional.empty(), Optional.empty());

        assertThat(store.batches().prune(ages, environment.now(), 3)).isEqualTo(3);
        assertThat(store.batches().prune(ages, environment.now(), 3)).isEqualTo(2);
    }
}
