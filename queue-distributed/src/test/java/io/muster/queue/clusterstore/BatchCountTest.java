package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredBatch;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When batches in the coordinator are counted, and what that and looking at them costs. */
@Tag("W2")
@Tag("W4")
class BatchCountTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    private static final String BATCH = "batch";

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalConfig coordinator = LocalConfig.named("counts");
    private final CountingBackend backend = new CountingBackend(coordinator.open("test", timeline));
    private final ClusterStore store = open(backend);
    /** Of another process. */
    private final ClusterStore other = open(new CountingBackend(coordinator.open("test", timeline)));

    @BeforeEach
    void aNode() {
        store.leader().install(FENCE);
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
    }

    @Test
    void aSettlementIsAnsweredBeforeItsBatchHasCountedIt() {
        List<Attempt> attempts = running(1);
        backend.commands();

        settle(attempts);

        assertThat(backend.commands())
                .filteredOn(command -> command.startsWith("commit"))
                .hasSize(1);
        assertThat(counted()).isZero();
        timeline.runUntilIdle();
        assertThat(counted()).isEqualTo(1);
    }

    @Test
    void whoLooksForABatchSeesWhatWasAnsweredBefore() {
        settle(running(1));

        assertThat(other.batches().find(BATCH).orElseThrow().succeeded()).isEqualTo(1);
    }

    @Test
    void aStoreThatIsClosedHasCountedWhatItAnswered() {
        settle(running(1));

        store.close();

        assertThat(counted()).isEqualTo(1);
    }

    @Test
    void afterAnErrorTheSameProcessCountsAgain() {
        List<Attempt> attempts = running(2);
        backend.beforeCommit(() -> backend.beforeCommit(() -> {
            throw new OutOfMemoryError("as the count is written");
        }));
        settle(attempts.subList(0, 1));
        try {
            timeline.runUntilIdle();
        } catch (OutOfMemoryError thrown) {
            assertThat(thrown).hasMessage("as the count is written");
        }
        assertThat(counted()).isZero();

        settle(attempts.subList(1, 2));
        timeline.runUntilIdle();

        assertThat(counted()).isEqualTo(2);
    }

    /** It is committed: who settled must hear of that whatever becomes of the count. */
    @Test
    void aSettlementIsAnsweredThoughNothingCanBeStartedThatCounts() {
        AtomicBoolean exhausted = new AtomicBoolean();
        ClusterStore starved =
                ClusterStore.open(backend, startingNothingWhile(exhausted), Duration.ofSeconds(5), 100_000);
        List<Attempt> attempts = running(2);

        exhausted.set(true);
        settle(starved, attempts.subList(0, 1));
        exhausted.set(false);
        settle(starved, attempts.subList(1, 2));
        timeline.runUntilIdle();

        assertThat(counted()).isEqualTo(2);
    }

    private Timeline startingNothingWhile(AtomicBoolean exhausted) {
        return (Timeline) Proxy.newProxyInstance(
                Timeline.class.getClassLoader(), new Class<?>[] {Timeline.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start") && exhausted.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return method.invoke(timeline, arguments);
                });
    }

    @Test
    void howeverMuchIsLeftToCountIsCountedAtOnce() {
        settle(running(1_000, BatchEvent.PROGRESS));
        CountingBackend narrow = new CountingBackend(coordinator.open("test", timeline), 16);

        StoredBatch found = open(narrow).batches().find(BATCH).orElseThrow();

        assertThat(found.succeeded()).isEqualTo(1_000);
        assertThat(narrow.commands())
                .as("more than others may be in the way of")
                .filteredOn(command -> command.startsWith("commit"))
                .hasSizeGreaterThan(200);
    }

    @Test
    void whoLooksForABatchIsNotHeldUpByWhatGoesOnEnding() {
        List<Attempt> attempts = running(50);
        settle(attempts.subList(0, 1));
        CountingBackend looking = new CountingBackend(coordinator.open("test", timeline));
        endsOneBeforeEachCommit(looking, attempts, 1);

        StoredBatch found = open(looking).batches().find(BATCH).orElseThrow();

        assertThat(found.succeeded()).isBetween(1, 5);
    }

    private void endsOneBeforeEachCommit(CountingBackend looking, List<Attempt> attempts, int next) {
        if (next < attempts.size()) {
            looking.beforeCommit(() -> {
                settle(attempts.subList(next, next + 1));
                endsOneBeforeEachCommit(looking, attempts, next + 1);
            });
        }
    }

    @Test
    void aPageOfBatchesIsReadInAFewListsAndForgetsNothing() {
        for (int i = 0; i < 100; i++) {
            store.batches()
                    .create(
                            NewBatch.of("b" + i, "default").withCallbacks(callbacks(BatchEvent.values())),
                            List.of(member(i, "b" + i)));
        }
        store.batches().find("b0");
        backend.commands();

        List<StoredBatch> page = store.batches().list(Optional.empty(), 100).batches();

        assertThat(page).hasSize(100).allSatisfy(batch -> assertThat(batch.callbacks())
                .hasSize(BatchEvent.values().length));
        assertThat(backend.commands()).hasSizeLessThanOrEqualTo(3);
        store.batches().find("b0");
        assertThat(backend.commands()).noneMatch(command -> command.contains(StoreKeys.CALLBACKS));
    }

    /** Listed, not found: looking for it would count. */
    private int counted() {
        return other.batches().list(Optional.empty(), 1).batches().get(0).succeeded();
    }

    private List<Attempt> running(int members, BatchEvent... calls) {
        List<NewJob> jobs =
                IntStream.range(0, members).mapToObj(i -> member(i, BATCH)).toList();
        int most = Math.min(store.capabilities().mostPushBatch(), members);
        store.batches()
                .create(
                        NewBatch.of(BATCH, "default")
                                .withCallbacks(callbacks(calls))
                                .opened(),
                        jobs.subList(0, most));
        for (int from = most; from < members; from += most) {
            store.intake().push(jobs.subList(from, Math.min(members, from + most)));
        }
        store.batches().seal(BATCH);
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("default"), Set.of("noop"), members)));
        timeline.runUntilIdle();
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange("a-1", "main", List.of(), members, Optional.empty()))
                .taken();
        timeline.runUntilIdle();
        return taken;
    }

    /** Without letting anything else happen. */
    private void settle(List<Attempt> attempts) {
        settle(store, attempts);
    }

    private static void settle(ClusterStore on, List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        on.nodes().exchange(new Exchange("a-1", "main", settlements, 0, Optional.empty()));
    }

    private static NewJob member(int number, String batchId) {
        return NewJob.of("m" + number + "-" + batchId, "default", "noop", new byte[5])
                .withBatch(new BatchMembership(batchId, 1));
    }

    private static Map<BatchEvent, OutboxEntry> callbacks(BatchEvent... events) {
        Map<BatchEvent, OutboxEntry> callbacks = new EnumMap<>(BatchEvent.class);
        for (BatchEvent event : events) {
            callbacks.put(event, OutboxEntry.here(NewJob.of("template", "default", "called", new byte[5])));
        }
        return callbacks;
    }

    private ClusterStore open(CountingBackend on) {
        return ClusterStore.open(on, timeline, Duration.ofSeconds(5), 100_000);
    }
}
