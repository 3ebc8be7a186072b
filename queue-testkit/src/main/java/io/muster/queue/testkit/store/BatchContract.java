package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome.SameId;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is counted when in a batch, and that each callback is pushed once. */
public abstract class BatchContract extends BatchCases {
    @Test
    @Tag("W2")
    void aBatchIsCreatedWithItsJobsAndItsBeforeCallback() {
        Instant before = environment.now();

        create(all().withName("Import"), "a", "b");

        StoredBatch batch = batch();
        assertThat(batch.name()).isEqualTo("Import");
        assertThat(batch.queue()).isEqualTo(QUEUE);
        assertCounts(2, 0, 0, 0);
        assertThat(batch.pending()).isEqualTo(2);
        assertThat(batch.progress()).isZero();
        assertThat(batch.finished()).isFalse();
        assertThat(batch.cancelled()).isFalse();
        assertThat(batch.open()).isFalse();
        assertThat(batch.createdAt())
                .isBetween(before.minusSeconds(5), environment.now().plusSeconds(5));
        assertThat(batch.callbacks()).containsOnlyKeys(BatchEvent.values());
        assertThat(state("a")).isEqualTo(JobState.READY);
        assertPushed(BatchEvent.BEFORE);
        assertThat(ids(run("n1", 3))).containsExactly("batch-1.before", "a", "b");
    }

    @Test
    @Tag("W2")
    void allCallbacksOfABatchThatSucceedsArePushedOnce() {
        create(all(), "a", "b");
        callbacksRun();

        complete("a");
        assertPushed(BatchEvent.BEFORE);
        assertCounts(2, 1, 0, 0);
        assertThat(batch().progress()).isEqualTo(50);
        assertThat(state(progressOf("a"))).isNotNull();
        complete("b");

        assertCounts(2, 2, 0, 0);
        assertThat(batch().finished()).isTrue();
        assertThat(batch().progress()).isEqualTo(100);
        assertThat(state(progressOf("b"))).isNotNull();
        assertPushed(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void theFirstFailureCancelsAndIsTold() {
        create(all(), "a", "b", "c");
        callbacksRun();

        fail("a");

        StoredBatch cancelled = batch();
        assertThat(cancelled.cancelled()).isTrue();
        assertThat(cancelled.cancelledByFailure()).isTrue();
        assertThat(cancelled.firstFailure()).contains(new StoredBatch.Failure("a", "broken"));
        assertThat(cancelled.finished()).isFalse();
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH);

        fail("b");
        complete("c");

        assertCounts(3, 1, 2, 0);
        assertThat(batch().firstFailure()).contains(new StoredBatch.Failure("a", "broken"));
        assertThat(batch().cancelledAt()).isEqualTo(cancelled.cancelledAt());
        assertThat(batch().finished()).isTrue();
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void failuresThatAreAllowedDoNotCancelAndThereIsNoThen() {
        create(all().allowingFailures(), "a", "b");

        fail("a");
        complete("b");

        assertThat(batch().cancelled()).isFalse();
        assertCounts(2, 1, 1, 0);
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void aGroupOfSettlementsOfOneCallIsCountedTogether() {
        create(all(), IntStream.range(0, 20).mapToObj(i -> "j" + i).toArray(String[]::new));
        callbacksRun();
        List<Attempt> attempts = run("n1", 20);

        exchange(
                "n1",
                0,
                IntStream.range(0, 20)
                        .mapToObj(i -> Settlement.of(
                                attempts.get(i).token(), i == 7 || i == 9 ? FAILED : i == 3 ? DISCARDED : COMPLETED))
                        .toArray(Settlement[]::new));

        assertCounts(20, 18, 2, 0);
        assertThat(batch().firstFailure().orElseThrow().jobId())
                .isEqualTo(attempts.get(7).token().jobId());
        assertPushed(BatchEvent.BEFORE, BatchEvent.CATCH, BatchEvent.FINALLY);
        assertThat(readyIds().stream().filter(id -> id.endsWith(".progress"))).hasSize(18);
    }

    @Test
    @Tag("W2")
    void twoBatchesInOneCallAreCountedApart() {
        create(all(), "a", "b");
        NewBatch other = NewBatch.of("batch-2", QUEUE);
        store.batches().create(other, List.of(job("x").withBatch(new BatchMembership("batch-2", 1))));
        push("alone");
        callbacksRun();
        List<Attempt> attempts = run("n1", 4);

        exchange(
                "n1",
                0,
                attempts.stream()
                        .map(attempt -> Settlement.of(attempt.token(), COMPLETED))
                        .toArray(Settlement[]::new));

        assertCounts(2, 2, 0, 0);
        StoredBatch second = store.batches().find("batch-2").orElseThrow();
        assertThat(second.succeeded()).isEqualTo(1);
        assertThat(second.finished()).isTrue();
    }

    @Test
    @Tag("W2")
    void aStaleSettlementCountsNothing() {
        create(all(), "a");
        callbacksRun();
        Attempt attempt = runOne("n1");
        settle(attempt, COMPLETED);

        assertThat(settle(attempt, COMPLETED)).isEqualTo(SettleResult.STALE);

        assertCounts(1, 1, 0, 0);
    }

    @Test
    @Tag("W2")
    void whatIsReleasedOrReturnedStaysPending() {
        create(all(), "a");
        callbacksRun();

        settle(runOne("n1"), RELEASED);
        settle(runOne("n1"), RETURNED);

        assertCounts(1, 0, 0, 0);
        complete("a");
        assertThat(batch().finished()).isTrue();
    }

    @Test
    @Tag("W2")
    void aDeletedJobHasEndedWellUnlessTheBatchIsCancelled() {
        create(all(), "a", "b");
        callbacksRun();

        settle(runOne("n1"), DISCARDED);
        assertCounts(2, 1, 0, 0);
        store.batches().cancel(BATCH);
        callbacksRun();
        settle(runOne("n1"), DISCARDED);

        assertCounts(2, 1, 0, 1);
        assertThat(batch().finished()).isTrue();
        assertPushed(BatchEvent.BEFORE, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void aCallbackForAnotherConnectionIsRelayed() {
        NewBatch batch = NewBatch.of(BATCH, QUEUE)
                .withCallbacks(Map.of(BatchEvent.THEN, OutboxEntry.to("elsewhere", job("template"))));
        create(batch, "a");

        complete("a");

        assertThat(store.leader().outbox(FENCE, MANY)).singleElement().satisfies(entry -> {
            assertThat(entry.id()).isEqualTo("batch-1.then");
            assertThat(entry.connection()).contains("elsewhere");
            assertThat(entry.job().id()).isEqualTo("batch-1.then");
        });
    }

    @Test
    @Tag("W2")
    void aRepeatedCreationChangesNothing() {
        create(all(), "a", "b");
        complete("a");

        assertThat(store.batches().create(all(), List.of(member("a"), member("b"))))
                .containsExactly(new SameId("a"), new SameId("b"));

        assertCounts(2, 1, 0, 0);
        complete("b");
        assertThat(store.batches().create(all(), List.of(member("a"), member("b"))))
                .containsExactly(new SameId("a"), new SameId("b"));
    }

    @Test
    @Tag("W2")
    void jobsThatAreNotTheBatchsAreRefused() {
        NewBatch batch = all();
        assertThatThrownBy(() -> store.batches().create(batch, List.of(job("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(BATCH);
        NewJob elsewhere = jobOn("a", "reports").withBatch(new BatchMembership(BATCH, 1));
        assertThatThrownBy(() -> store.batches().create(batch, List.of(elsewhere)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.batches().find(BATCH)).isEmpty();
        assertThat(store.intake().find("batch-1.before")).isEmpty();
    }

    @Test
    @Tag("W2")
    void aFullStoreCreatesNothing() {
        int most = environment.mostLiveJobs().orElse(0);
        Assumptions.assumeTrue(most > 0, "not bounded");
        IntStream.range(0, most - 1).forEach(i -> push("j" + i));

        assertThatThrownBy(() -> store.batches().create(all(), List.of(member("a"), member("b"))))
                .isInstanceOf(StoreFullException.class);

        assertThat(store.batches().find(BATCH)).isEmpty();
        assertThat(store.intake().find("a")).isEmpty();
    }

    @Test
    @Tag("W2")
    void anOpenBatchFinishesOnlyAfterItIsSealed() {
        create(all().opened(), "a");
        complete("a");
        assertThat(batch().finished()).isFalse();
        assertThat(batch().open()).isTrue();
        push(member("b"));
        complete("b");
        assertPushed(BatchEvent.BEFORE);

        store.batches().seal(BATCH);
        store.batches().seal(BATCH);
        store.batches().seal("unknown");

        assertThat(batch().finished()).isTrue();
        assertCounts(2, 2, 0, 0);
        assertPushed(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void anEmptyBatchIsFinishedAtOnce() {
        create(all());

        assertThat(batch().finished()).isTrue();
        assertPushed(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
    }

    @Test
    @Tag("W2")
    void aMemberThatTheStoreFailsIsCounted() {
        create(NewBatch.of(BATCH, QUEUE).withCallbacks(Map.of(BatchEvent.CATCH, OutboxEntry.here(job("t")))));
        NewBatch batch = all("batch-2");
        NewJob crashing = job("a").withMaxCrashes(1).withBatch(new BatchMembership("batch-2", 2));
        NewJob unserved = jobOfType("u", "unknown").withBatch(new BatchMembership("batch-2", 1));
        store.batches().create(batch, List.of(crashing));
        callbacksRun();

        crashNextTwice("a");
        assertThat(store.batches().find("batch-2").orElseThrow().failed()).isEqualTo(1);
        assertThat(store.batches().find("batch-2").orElseThrow().skipped()).isEqualTo(1);
        assertThat(store.batches().find("batch-2").orElseThrow().firstFailure())
                .contains(new StoredBatch.Failure("a", StoredJob.CRASHED));
        assertThat(state("batch-2.catch")).isEqualTo(JobState.READY);
        assertThat(state("batch-2.finally")).isEqualTo(JobState.READY);

        store.batches()
                .create(NewBatch.of("batch-3", QUEUE), List.of(unserved.withBatch(new BatchMembership("batch-3", 1))));
        environment.pass(Duration.ofMillis(1100));
        List<String> served = List.of(TYPE);
        while (store.leader().failUnserved(FENCE, served, Duration.ofSeconds(1), environment.now()) > 0) {
            // until nothing is left
        }
        assertThat(store.batches().find("batch-3").orElseThrow().finished()).isTrue();
        assertThat(store.batches().find("batch-3").orElseThrow().failed()).isEqualTo(1);
    }

    @Test
    @Tag("W2")
    void longIdsAreHashed() {
        String id = "x".repeat(NewJob.MOST_ID_CHARACTERS);
        NewBatch batch = all(id);
        NewJob member = job("y".repeat(NewJob.MOST_ID_CHARACTERS)).withBatch(new BatchMembership(id, 1));
        store.batches().create(batch, List.of(member));
        assertThat(state(DerivedId.of(id, "before"))).isEqualTo(JobState.READY);
        callbacksRun();

        complete(member.id());

        assertThat(state(DerivedId.of(id, "then"))).isEqualTo(JobState.READY);
        assertThat(state(DerivedId.of(member.id(), "progress"))).isEqualTo(JobState.READY);
    }

    @Test
    @Tag("W2")
    void settlementsAtTheSameTimeAreAllCounted() {
        String[] ids = IntStream.range(0, 40).mapToObj(i -> "j" + i).toArray(String[]::new);
        create(all(), ids);
        callbacksRun();
        List<List<Attempt>> shares = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            admit("w" + i);
            shares.add(run("w" + i, 5));
        }

        Together.run(8, i -> {
            settleAll(shares.get(i), COMPLETED);
            return true;
        });

        assertCounts(40, 40, 0, 0);
        assertPushed(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
    }
}
