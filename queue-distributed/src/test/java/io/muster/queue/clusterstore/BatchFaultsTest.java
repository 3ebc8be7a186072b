package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoredBatch;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settling and counting are two transactions: what dies or is not heard of between them is counted once all the same. */
@Tag("W2")
class BatchFaultsTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final String BATCH = "batch";
    private static final int MEMBERS = 90;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalConfig coordinator = LocalConfig.named("faults");
    private final CountingBackend backend = new CountingBackend(coordinator.open("test", timeline));
    private final ClusterStore store = open(backend);
    /** Of another process. */
    private final ClusterStore other = open(new CountingBackend(coordinator.open("test", timeline)));

    /** Settling 90 members and counting them takes no more commits than this. */
    static IntStream steps() {
        return IntStream.range(0, 14);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void anAnswerThatIsLostCountsNothingTwice(int others) {
        List<Attempt> attempts = running();
        backend.loseAnswerAfter(others);

        settleAll(attempts);
        settleAll(attempts);
        leaderLooks(store);

        assertAllCountedOnce();
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whatAProcessLeavesUncountedWhenItDiesIsCountedByTheLeader(int others) {
        List<Attempt> attempts = running();
        backend.refuseAfter(others);
        settleAll(attempts);

        settleAll(other, attempts);
        leaderLooks(other);

        assertAllCountedOnce();
    }

    @Test
    void theStepsReachToTheEnd() {
        List<Attempt> attempts = running();
        backend.commands();
        settleAll(attempts);

        assertThat(backend.commands())
                .filteredOn(command -> command.startsWith("commit"))
                .hasSizeBetween(6, (int) steps().count());
        assertAllCountedOnce();
    }

    @Test
    void aCreationWhoseAnswerIsLostIsRepeatedWithoutEffect() {
        backend.loseAnswerAfter(0);
        List<NewJob> members = members(3);
        assertThat(fails(() -> store.batches().create(batch(), members))).isTrue();

        store.batches().create(batch(), members);

        StoredBatch created = other.batches().find(BATCH).orElseThrow();
        assertThat(created.total()).isEqualTo(3);
        assertThat(ready()).containsExactly("batch.before", "m0", "m1", "m2");
    }

    @Test
    void aCreationThatIsRepeatedPushesNoMemberAnewWhoseIdIsForgotten() {
        settleAll(running().subList(0, 1));
        timeline.advance(Duration.ofMinutes(5));
        store.leader().tend(FENCE, Retention.DEFAULT, timeline.clock().instant(), 1000);
        timeline.advance(Duration.ofMinutes(5));
        store.leader().tend(FENCE, Retention.DEFAULT, timeline.clock().instant(), 1000);

        assertThat(store.batches().create(batch().opened(), members(1))).containsExactly(new PushOutcome.SameId("m0"));

        assertThat(ready()).doesNotContain("m0");
        assertThat(other.batches().find(BATCH).orElseThrow().total()).isEqualTo(MEMBERS);
    }

    private List<Attempt> running() {
        store.leader().install(FENCE);
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        List<NewJob> members = members(MEMBERS);
        int most = store.capabilities().mostPushBatch();
        store.batches().create(batch().opened(), members.subList(0, most));
        for (int from = most; from < MEMBERS; from += most) {
            store.intake().push(members.subList(from, Math.min(MEMBERS, from + most)));
        }
        store.batches().seal(BATCH);
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("default"), Set.of("noop"), MEMBERS)));
        timeline.runUntilIdle();
        return store.nodes()
                .exchange(new Exchange("a-1", "main", List.of(), MEMBERS, Optional.empty()))
                .taken();
    }

    private void settleAll(List<Attempt> attempts) {
        settleAll(store, attempts);
    }

    private void settleAll(ClusterStore by, List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        fails(() -> by.nodes().exchange(new Exchange("a-1", "main", settlements, 0, Optional.empty())));
        timeline.runUntilIdle();
    }

    private void leaderLooks(ClusterStore by) {
        timeline.advance(Duration.ofSeconds(2));
        by.leader().outbox(FENCE, 10);
    }

    private void assertAllCountedOnce() {
        // Listed, not found: looking for it would count.
        StoredBatch batch = other.batches().list(Optional.empty(), 1).batches().get(0);
        assertThat(batch.total()).isEqualTo(MEMBERS);
        assertThat(batch.succeeded()).isEqualTo(MEMBERS);
        assertThat(batch.finished()).isTrue();
        assertThat(batch.happened()).containsExactlyInAnyOrder(BatchEvent.BEFORE, BatchEvent.THEN, BatchEvent.FINALLY);
        List<String> expected = new ArrayList<>(List.of("batch.before", "batch.then", "batch.finally"));
        IntStream.range(0, MEMBERS).forEach(i -> expected.add("m" + i + ".progress"));
        assertThat(ready()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private List<String> ready() {
        return other.intake().list("default", JobState.READY, Optional.empty(), 1000).jobs().stream()
                .map(StoredJob::id)
                .toList();
    }

    private static boolean fails(Runnable call) {
        try {
            call.run();
            return false;
        } catch (StoreException e) {
            return true;
        }
    }

    private static NewBatch batch() {
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : BatchEvent.values()) {
            callbacks.put(event, OutboxEntry.here(NewJob.of("template", "default", "called", new byte[5])));
        }
        return NewBatch.of(BATCH, "default").withCallbacks(callbacks);
    }

    private static List<NewJob> members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        NewJob.of("m" + i, "default", "noop", new byte[20]).withBatch(new BatchMembership(BATCH, 1)))
                .toList();
    }

    private ClusterStore open(CountingBackend on) {
        return ClusterStore.open(on, timeline, Duration.ofSeconds(5), 10_000);
    }
}
