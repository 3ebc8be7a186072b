package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A leader that was told of a push does not read what it has been told or has done itself, and still assigns as one that reads everything. */
@Tag("Q2")
class AssigningByHearsayTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);
    /** Of a coordinator that has none left beside as many jobs as it takes. */
    private static final int MOST_OPERATIONS = 60;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalConfig coordinator = LocalConfig.named("hearsay");
    private final CountingBackend backend = new CountingBackend(coordinator.open("test", timeline));
    private final ClusterStore store = open(backend);
    /** Of another process. */
    private final ClusterStore other = open(new CountingBackend(coordinator.open("test", timeline)));

    @BeforeEach
    void aLeaderThatIsToldOfChanges() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        store.leader().install(FENCE);
        store.leader().onReady(() -> {});
        store.nodes().onAssigned("a-1", () -> {});
        push("default", "first");
        assign(10);
        settle(take(10));
        timeline.runUntilIdle();
        assign(10);
        backend.commands();
    }

    @Test
    void assigningAJobOfWhichTheLeaderWasToldCostsOneListAndOneTransaction() {
        push("default", "job");
        backend.commands();

        assign(10);

        assertThat(backend.commands()).hasSize(2).noneMatch(command -> command.contains(StoreKeys.BOARD));
        assertThat(take(10)).hasSize(1);
    }

    @Test
    void aPushOfWhichTheLeaderWasNotToldIsSeenToo() {
        other.intake().push(List.of(job("default", "job")));

        assign(10);

        assertThat(counts().assigned()).isEqualTo(1);
    }

    @Test
    void aQueueThatIsPausedBeforeTheLeaderHearsOfItGetsNothing() {
        push("default", "job");
        other.intake().pause("default", "operator");

        assign(10);

        assertThat(counts().ready()).isEqualTo(1);
        assertThat(counts().assigned()).isZero();
    }

    /** Its fence is not the one that it was told of: nor is what it was told of pauses good enough. */
    @Test
    void whoLeadsAgainGivesNothingToAQueueThatWasPausedMeanwhile() {
        push("default", "job");
        other.leader().install(new Fence("queue", "coordinator", 2));
        Fence again = new Fence("queue", "coordinator", 3);
        store.leader().install(again);
        other.intake().pause("default", "operator");

        assign(again, "default", 10);

        assertThat(counts().ready()).isEqualTo(1);
        assertThat(counts().assigned()).isZero();
    }

    @Test
    void aQueueThatIsPausedWhileANewLeaderLooksGetsNothing() {
        other.intake().push(List.of(job("default", "job")));
        Fence next = new Fence("queue", "coordinator", 2);
        backend.afterList(() -> other.intake().pause("default", "operator"));

        assign(next, "default", 10);

        assertThat(counts().ready()).isEqualTo(1);
        assertThat(counts().assigned()).isZero();
    }

    @Test
    void whoWasDeposedIsRefusedThoughItWasToldOfNothing() {
        push("default", "job");
        other.leader().install(new Fence("queue", "coordinator", 2));

        assertThatThrownBy(() -> assign(10)).isInstanceOf(StaleFenceException.class);

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void whatWasToldBeforeTheStoreWasAdoptedKeepsNobodyFromLeading() {
        push("default", "job");
        other.leader().adopt("queue", "another");

        assign(new Fence("queue", "another", 1), "default", 10);

        assertThat(counts().assigned()).isEqualTo(1);
    }

    /** Its term stands in the record still, under the identity that is no more. */
    @Test
    void whoLedUnderAnotherIdentityIsRefusedThoughItsTermIsTheHighestOfThat() {
        push("default", "job");
        other.leader().adopt("queue", "another");
        timeline.runUntilIdle();

        assertThatThrownBy(() -> assign(10)).isInstanceOf(ForeignFenceException.class);

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void aFenceThatIsNotListedIsSaidInsteadOfLookedForForEver() {
        ClusterStore blind =
                open(new CountingBackend(coordinator.open("test", timeline)).hiding(StoreKeys.fence("queue")));

        assertThatThrownBy(() -> blind.leader().assign(FENCE, List.of(grant("default", 1))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("queue");
    }

    @Test
    void aQueueThatIsPausedForAllGroupsGetsNothingFromAnyOfThem() {
        Fence others = new Fence("others", "coordinator", 1);
        IntStream.range(0, 3).forEach(i -> other.leader().install(new Fence("group-" + i, "coordinator", 1)));
        store.leader().install(others);
        timeline.runUntilIdle();
        assign(FENCE, "default", 10);
        push("default", "job");
        other.intake().pause("default", "operator");

        assign(others, "default", 10);
        push("default", "second");
        assign(FENCE, "default", 10);

        assertThat(counts().assigned()).isZero();
    }

    @Test
    void aQueueThatGoesOnIsAssignedAgain() {
        other.intake().pause("default", "operator");
        push("default", "job");
        assign(10);
        other.intake().resume("default");
        timeline.runUntilIdle();

        assign(10);

        assertThat(counts().assigned()).isEqualTo(1);
    }

    @Test
    void aPoolThatHasSettledWhatItWasGivenIsFilledAgain() {
        for (int round = 0; round < 3; round++) {
            int now = round;
            IntStream.range(0, 4).forEach(i -> push("default", "job-" + now + "-" + i));

            assign(3);

            assertThat(counts().assigned()).isEqualTo(3);
            settle(take(10));
            assign(3);
            settle(take(10));
        }
    }

    @Test
    void whatIsAssignedOneByOneIsNoMoreThanAPoolIsGranted() {
        for (int i = 0; i < 5; i++) {
            push("default", "job-" + i);
            assign(3);
        }

        assertThat(counts().assigned()).isEqualTo(3);
        assertThat(counts().ready()).isEqualTo(2);
    }

    @Test
    void whatAnotherGroupAssignsToAPoolCountsInIt() {
        admitElsewhere();
        Fence others = new Fence("others", "coordinator", 1);
        other.leader().install(others);
        other.intake().push(List.of(job("reports", "report-1"), job("reports", "report-2")));
        timeline.runUntilIdle();
        push("default", "one");
        assignElsewhere(store, FENCE, "default", 3);
        assignElsewhere(other, others, "reports", 3);
        push("default", "two");

        assignElsewhere(store, FENCE, "default", 3);

        assertThat(counts().assigned()).isEqualTo(1);
        assertThat(counts().ready()).isEqualTo(1);
    }

    @Test
    void whatASuccessorAssignsCountsForWhoLeadsAfterIt() {
        admitElsewhere();
        push("default", "one");
        assignElsewhere(store, FENCE, "default", 2);
        Fence successor = new Fence("queue", "coordinator", 2);
        other.leader().install(successor);
        other.intake().push(List.of(job("default", "two"), job("default", "three")));
        assignElsewhere(other, successor, "default", 2);

        assignElsewhere(store, new Fence("queue", "coordinator", 3), "default", 2);

        assertThat(counts().assigned()).isEqualTo(2);
        assertThat(counts().ready()).isEqualTo(1);
    }

    @Test
    void aPoolOfAnotherProcessThatHasSettledWhatItWasGivenIsFilledAgain() {
        admitElsewhere();
        push("default", "one");
        assignElsewhere(store, FENCE, "default", 1);
        List<Attempt> taken = other.nodes()
                .exchange(new Exchange("b-1", "main", List.of(), 1, Optional.empty()))
                .taken();
        List<Settlement> settlements = List.of(Settlement.of(taken.get(0).token(), new Settlement.Completed()));
        other.nodes().exchange(new Exchange("b-1", "main", settlements, 0, Optional.empty()));
        push("default", "two");

        assignElsewhere(store, FENCE, "default", 1);

        assertThat(counts().assigned()).isEqualTo(1);
    }

    /** A node in another process. */
    private void admitElsewhere() {
        other.nodes()
                .admit(IncarnationRecord.admitted("b-1", "b", timeline.clock().instant()), Optional.empty());
    }

    private void assignElsewhere(ClusterStore by, Fence fence, String queue, int limit) {
        by.leader().assign(fence, List.of(new Grant("b-1", "main", List.of(queue), Set.of(), limit)));
        timeline.runUntilIdle();
    }

    @Test
    void whatALeaderAssignsToItsOwnNodeIsTakenWithoutAList() {
        push("default", "job");
        assign(10);
        backend.commands();

        assertThat(take(10)).hasSize(1);
        assertThat(backend.commands()).singleElement().asString().startsWith("commit");
    }

    @Test
    void aJobOfHigherPriorityGoesFirstThoughItsPlaceIsBeforeThoseThatAreKnown() {
        IntStream.range(0, 3).forEach(i -> push("default", "job-" + i));
        assign(1);
        other.intake().push(List.of(urgent("urgent")));
        timeline.runUntilIdle();

        assign(2);

        assertThat(take(10)).extracting(attempt -> attempt.token().jobId()).containsExactly("job-0", "urgent");
    }

    /** Of two keys of one transaction a watch may tell one by one, in any order. */
    @Test
    void aJobOfHigherPriorityGoesFirstThoughTheWatchTellsOfItsQueueBeforeItTellsThatItLiesBehind() {
        IntStream.range(0, 3).forEach(i -> push("default", "job-" + i));
        assign(1);
        backend.isToldLate(StoreKeys.BEHIND_MARK);
        other.intake().push(List.of(urgent("urgent")));
        timeline.runUntilIdle();
        assign(1);
        backend.tell();

        assign(2);

        assertThat(take(10)).extracting(attempt -> attempt.token().jobId()).containsExactly("job-0", "urgent");
    }

    /** Else a push in time would cost a full list for a long time. */
    @Test
    void aJobThatBecameReadyBehindWhileTheLeaderLookedCountsNotAsHidden() {
        push("default", "one");
        assign(10);
        push("default", "two");
        assign(10);
        timeline.advance(Duration.ofSeconds(6));
        push("default", "three");
        backend.isToldLate(StoreKeys.BEHIND_MARK);
        other.intake().push(List.of(urgent("urgent")));
        timeline.runUntilIdle();
        assign(10);
        backend.tell();
        assign(10);
        assertThat(counts().assigned()).isEqualTo(4);

        push("default", "four");
        assign(10);
        push("default", "five");
        backend.commands();
        assign(10);

        assertThat(backend.commands())
                .filteredOn(command -> command.startsWith("list"))
                .singleElement()
                .asString()
                .contains("@1000-");
    }

    private static NewJob urgent(String id) {
        return new NewJob(
                id,
                "default",
                "noop",
                new byte[0],
                5,
                Optional.empty(),
                NewJob.DEFAULT_MAX_CRASHES,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aFullTransactionSaysAfterwardsThatItsJobsMayGoFirst() {
        push("default", "job");
        assign(1);
        ClusterStore small = open(new CountingBackend(coordinator.open("test", timeline), MOST_OPERATIONS));
        int most = small.capabilities().mostPushBatch();
        List<NewJob> jobs = IntStream.range(0, most)
                .mapToObj(i -> new NewJob(
                        "urgent-" + i,
                        i == 0 ? "default" : "queue-" + i,
                        "noop",
                        new byte[0],
                        5,
                        Optional.empty(),
                        NewJob.DEFAULT_MAX_CRASHES,
                        Optional.of(new UniqueKey("key-" + i, Optional.empty(), UniqueKey.Until.SETTLED)),
                        Optional.empty()))
                .toList();
        assertThat(most * 6).isEqualTo(MOST_OPERATIONS);
        small.intake().push(jobs);
        timeline.runUntilIdle();

        assign(2);

        assertThat(take(10)).extracting(attempt -> attempt.token().jobId()).containsExactly("job", "urgent-0");
    }

    @Test
    void aJobThatIsGivenBackIsAssignedAtOnceThoughItsPlaceIsOld() {
        push("default", "job");
        assign(10);
        List<Attempt> taken = take(10);
        timeline.advance(Duration.ofMinutes(1));
        push("default", "another");
        assign(10);
        store.nodes()
                .exchange(new Exchange(
                        "a-1",
                        "main",
                        List.of(Settlement.of(taken.get(0).token(), new Settlement.Returned())),
                        0,
                        Optional.empty()));
        timeline.runUntilIdle();

        assign(10);

        assertThat(counts().assigned()).isEqualTo(2);
    }

    @Test
    void aPushByAClockThatIsBehindWaitsForALookAtMostAndLaterOnesNotEvenThat() {
        push("default", "one");
        assign(10);
        pushByAClockThatIsBehind("hidden");
        assign(10);

        timeline.advance(Duration.ofSeconds(6));
        assign(10);

        assertThat(counts().assigned()).isEqualTo(2);
        pushByAClockThatIsBehind("expected");
        assign(10);
        assertThat(counts().assigned()).isEqualTo(3);
    }

    private void pushByAClockThatIsBehind(String id) {
        Coordinator others = new Coordinator(backend, timeline, Duration.ofSeconds(5));
        PushBatch batch = new PushBatch(
                others,
                new Batches(others),
                List.of(job("default", id)),
                timeline.clock().instant().minus(Duration.ofMinutes(1)));
        others.commit(batch.transaction());
        timeline.runUntilIdle();
    }

    private void push(String queue, String id) {
        other.intake().push(List.of(job(queue, id)));
        timeline.runUntilIdle();
    }

    private void assign(int limit) {
        assign(FENCE, "default", limit);
    }

    private void assign(Fence fence, String queue, int limit) {
        store.leader().assign(fence, List.of(grant(queue, limit)));
    }

    private static Grant grant(String queue, int limit) {
        return new Grant("a-1", "main", List.of(queue), Set.of(), limit);
    }

    private List<Attempt> take(int most) {
        return store.nodes()
                .exchange(new Exchange("a-1", "main", List.of(), most, Optional.empty()))
                .taken();
    }

    private void settle(List<Attempt> taken) {
        List<Settlement> settlements = taken.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        store.nodes().exchange(new Exchange("a-1", "main", settlements, 0, Optional.empty()));
    }

    private QueueCounts counts() {
        return store.intake().counts().get(0);
    }

    private static NewJob job(String queue, String id) {
        return NewJob.of(id, queue, "noop", new byte[0]);
    }

    private ClusterStore open(CountingBackend on) {
        return ClusterStore.open(on, timeline, Duration.ofSeconds(5), 10_000);
    }
}
