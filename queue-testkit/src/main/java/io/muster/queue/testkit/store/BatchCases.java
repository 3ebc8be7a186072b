package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.DerivedId;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome.Pushed;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of batches share. A store without batches says so. */
abstract class BatchCases extends StoreContract {
    static final String BATCH = "batch-1";

    @BeforeEach
    void needsBatches() {
        if (!store.capabilities().keepsBatches()) {
            assertThatThrownBy(() -> store.batches())
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(store.capabilities().store());
            assertThatThrownBy(() -> store.intake().push(List.of(member("a"))))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(store.capabilities().store());
            assertThat(store.intake().find("a")).isEmpty();
        }
        Assumptions.assumeTrue(store.capabilities().keepsBatches());
        admit("n1");
    }

    List<String> known() {
        return store.batches().list(Optional.empty(), MANY).batches().stream()
                .map(StoredBatch::id)
                .toList();
    }

    int prune(BatchAges ages) {
        return store.batches().prune(ages, environment.now(), MANY);
    }

    static NewBatch all() {
        return all(BATCH);
    }

    /** With a callback of each kind. */
    static NewBatch all(String id) {
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : BatchEvent.values()) {
            callbacks.put(event, OutboxEntry.here(job("template-" + event.word())));
        }
        return NewBatch.of(id, QUEUE).withCallbacks(callbacks);
    }

    static NewJob member(String id) {
        return chain(id, 1);
    }

    static NewJob chain(String id, int links) {
        return job(id).withBatch(new BatchMembership(BATCH, links));
    }

    /** With these members, in as many pushes as the store takes. */
    void create(NewBatch batch, String... ids) {
        List<NewJob> members = Arrays.stream(ids).map(BatchCases::member).toList();
        int most = Math.min(store.capabilities().mostPushBatch(), members.size());
        NewBatch created = most < members.size() ? batch.opened() : batch;
        assertThat(store.batches().create(created, members.subList(0, most))).allMatch(Pushed.class::isInstance);
        for (int from = most; from < members.size(); from += most) {
            push(members.subList(from, Math.min(from + most, members.size())).toArray(NewJob[]::new));
        }
        if (!batch.open()) {
            store.batches().seal(batch.id());
        }
    }

    StoredBatch batch() {
        return store.batches().find(BATCH).orElseThrow();
    }

    void assertCounts(int total, int succeeded, int failed, int skipped) {
        StoredBatch batch = batch();
        assertThat(List.of(batch.total(), batch.succeeded(), batch.failed(), batch.skipped()))
                .as("total, succeeded, failed, skipped of %s", batch)
                .containsExactly(total, succeeded, failed, skipped);
    }

    /** Exactly these have happened, and each one's callback is or was a job, with its template's payload. */
    void assertPushed(BatchEvent... events) {
        List<BatchEvent> expected = List.of(events);
        relayAll();
        assertThat(batch().happened()).containsExactlyInAnyOrderElementsOf(expected);
        for (BatchEvent event : BatchEvent.values()) {
            if (event != BatchEvent.PROGRESS) {
                assertThat(store.intake()
                                .find(DerivedId.of(BATCH, event.word()))
                                .isPresent())
                        .as("callback of %s", event)
                        .isEqualTo(expected.contains(event));
            }
        }
    }

    static String progressOf(String memberId) {
        return DerivedId.of(memberId, "progress");
    }

    /** A store may answer a settlement before the batch has counted it; whoever looks for the batch sees it counted. */
    void counted() {
        known().forEach(batchId -> store.batches().find(batchId));
    }

    List<String> readyIds() {
        counted();
        return store.intake().list(QUEUE, JobState.READY, Optional.empty(), MANY).jobs().stream()
                .map(StoredJob::id)
                .toList();
    }

    /** Runs what waits before the members; they stay where they are. */
    void callbacksRun() {
        counted();
        List<Attempt> attempts = run("n1", MANY);
        for (Attempt attempt : attempts) {
            boolean callback = Stream.of(".before", ".progress", ".then", ".catch", ".finally")
                    .anyMatch(attempt.token().jobId()::endsWith);
            settle(attempt, callback ? COMPLETED : RETURNED);
        }
    }

    void complete(String id) {
        settle(attemptOf(id), COMPLETED);
        counted();
    }

    void fail(String id) {
        settle(attemptOf(id), FAILED);
        counted();
    }

    /** Runs everything, and gives back all but the one. */
    Attempt attemptOf(String id) {
        Attempt wanted = null;
        for (Attempt attempt : run("n1", MANY)) {
            if (attempt.token().jobId().equals(id)) {
                wanted = attempt;
            } else {
                settle(attempt, RETURNED);
            }
        }
        if (wanted == null) {
            throw new AssertionError(
                    "Job " + id + " cannot be run: " + store.intake().find(id));
        }
        return wanted;
    }

    void settleWith(Attempt attempt, Settlement.Outcome outcome, NewJob following) {
        SettleResult result = exchange(
                        "n1", 0, new Settlement(attempt.token(), outcome, List.of(OutboxEntry.here(following))))
                .settled()
                .get(0);
        assertThat(result).isEqualTo(SettleResult.ACCEPTED);
        counted();
    }
}
