package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What another process changes while a take or an assignment is under way delays neither that job nor one beside it. */
@Tag("K2")
class ChangesUnderWayTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalConfig coordinator = LocalConfig.named("changes");
    private final CountingBackend backend = new CountingBackend(coordinator.open("test", timeline));
    private final ClusterStore store = open(backend);
    /** Of another process. */
    private final ClusterStore other = open(new CountingBackend(coordinator.open("test", timeline)));

    @BeforeEach
    void twoNodesAreThere() {
        store.leader().install(FENCE);
        admit("a-1", Optional.empty());
        admit("b-1", Optional.empty());
    }

    @Test
    void aJobWhoseCrashIsTakenBackBeforeItsTakeIsTaken() {
        other.intake().push(List.of(job("job", "mails")));
        assign(other, FENCE, "a-1", "mails");
        take(other, "a-1", 1);
        other.leader().bury(FENCE, "a-1", 10);
        exchange(store, "b-1", 0); // which begins to watch
        assign(other, FENCE, "b-1", "mails");

        admit("a-2", Optional.of("a-1")); // b-1 has not heard of it yet
        List<Attempt> taken = exchange(store, "b-1", 1);

        assertThat(taken).singleElement().satisfies(attempt -> {
            assertThat(attempt.token().jobId()).isEqualTo("job");
            assertThat(attempt.counters().crashes()).isZero();
        });
    }

    @Test
    void aJobWhoseUniqueKeyGoesToAnotherDuringItsTakeIsTaken() {
        UniqueKey untilProcessing =
                new UniqueKey("once", Optional.of(Duration.ofSeconds(1)), UniqueKey.Until.PROCESSING);
        store.intake().push(List.of(job("job", "mails").withUnique(untilProcessing)));
        assign(store, FENCE, "b-1", "mails");
        exchange(store, "b-1", 0);
        timeline.advance(Duration.ofSeconds(2));

        backend.beforeCommit(
                () -> other.intake().push(List.of(job("second", "mails").withUnique(untilProcessing))));

        assertThat(exchange(store, "b-1", 1))
                .extracting(attempt -> attempt.token().jobId())
                .containsExactly("job");
    }

    @Test
    void whatIsAssignedDuringAnInventoryIsWaitingAfterIt() {
        store.intake().push(List.of(job("first", "mails"), job("second", "mails")));
        exchange(store, "b-1", 0);
        timeline.runUntilIdle();
        backend.afterList(() -> assign(other, FENCE, "b-1", "mails", 2));

        int waiting = store.nodes()
                .exchange(new Exchange("b-1", "main", List.of(), 0, Optional.of(Set.of())))
                .waiting();

        assertThat(waiting).isEqualTo(2);
    }

    @Test
    void aJobWhoseOverlapKeyAnotherGroupTookIsAssignedOnceItIsFree() {
        Fence others = new Fence("reports", "coordinator", 1);
        OverlapKey key = OverlapKey.of("account");
        store.intake()
                .push(List.of(
                        job("mail", "mails").withOverlap(key),
                        job("report", "reports").withOverlap(key)));
        other.leader().install(others);
        backend.beforeCommit(() -> assign(other, others, "a-1", "reports"));

        assign(store, FENCE, "b-1", "mails");
        Attempt report = take(other, "a-1", 1).get(0);
        assertThat(report.token().jobId()).isEqualTo("report");
        settle(other, report);
        assign(store, FENCE, "b-1", "mails");

        assertThat(take(store, "b-1", 1))
                .extracting(attempt -> attempt.token().jobId())
                .containsExactly("mail");
    }

    @Test
    void whatALeaderDidNotGetToAssignInOneTermItAssignsInALaterOne() {
        store.intake().push(List.of(job("job", "mails")));
        backend.beforeCommit(() -> other.leader().install(new Fence("queue", "coordinator", 2)));
        assertThatThrownBy(() -> assign(store, FENCE, "b-1", "mails")).isInstanceOf(StaleFenceException.class);

        assign(store, new Fence("queue", "coordinator", 3), "b-1", "mails");

        assertThat(take(store, "b-1", 1)).hasSize(1);
    }

    @Test
    void whoTakesACrashBackAndDiesHidesTheJobFromNoLeader() {
        store.intake().push(List.of(job("job", "mails")));
        assign(store, FENCE, "a-1", "mails");
        take(store, "a-1", 1);
        other.leader().bury(FENCE, "a-1", 10);
        other.leader().assign(FENCE, List.of(new Grant("b-1", "main", List.of("mails"), Set.of("none"), 1)));

        backend.refuseAfter(2);
        try {
            admitBy(store, "a-2", Optional.of("a-1"));
        } catch (StoreException died) {
            assertThat(died).hasMessageContaining("died");
        }
        assign(other, FENCE, "b-1", "mails");
        assign(other, FENCE, "b-1", "mails");

        assertThat(take(other, "b-1", 1)).hasSize(1);
    }

    private void admit(String incarnation, Optional<String> survivorOf) {
        admitBy(other, incarnation, survivorOf);
    }

    private void admitBy(ClusterStore by, String incarnation, Optional<String> survivorOf) {
        String node = incarnation.substring(0, 1);
        by.nodes()
                .admit(
                        IncarnationRecord.admitted(
                                incarnation, node, timeline.clock().instant()),
                        survivorOf);
    }

    private void assign(ClusterStore by, Fence fence, String incarnation, String queue) {
        assign(by, fence, incarnation, queue, 1);
    }

    private void assign(ClusterStore by, Fence fence, String incarnation, String queue, int limit) {
        by.leader().assign(fence, List.of(new Grant(incarnation, "main", List.of(queue), Set.of(), limit)));
        timeline.runUntilIdle();
    }

    private List<Attempt> take(ClusterStore by, String incarnation, int most) {
        List<Attempt> taken = exchange(by, incarnation, most);
        timeline.runUntilIdle();
        return taken;
    }

    /** Without letting anybody hear of it. */
    private static List<Attempt> exchange(ClusterStore by, String incarnation, int most) {
        return by.nodes()
                .exchange(new Exchange(incarnation, "main", List.of(), most, Optional.empty()))
                .taken();
    }

    private void settle(ClusterStore by, Attempt attempt) {
        List<Settlement> settlements = List.of(Settlement.of(attempt.token(), new Settlement.Completed()));
        by.nodes().exchange(new Exchange(attempt.token().incarnation(), "main", settlements, 0, Optional.empty()));
        timeline.runUntilIdle();
    }

    private static NewJob job(String id, String queue) {
        return NewJob.of(id, queue, "mail", new byte[0]);
    }

    private ClusterStore open(CountingBackend on) {
        return ClusterStore.open(on, timeline, Duration.ofSeconds(5), 10_000);
    }
}
