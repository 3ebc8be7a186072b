package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoreOutcomeUnknownException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node whose leader is in its own process watches nothing of what it is given, and misses nothing that anybody gives it. */
@Tag("Q2")
class ToldHereTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalConfig coordinator = LocalConfig.named("told");
    private final CountingBackend backend = new CountingBackend(coordinator.open("test", timeline));
    private final ClusterStore store = open(backend);
    /** Of another process. */
    private final ClusterStore other = open(new CountingBackend(coordinator.open("test", timeline)));

    private final AtomicInteger hints = new AtomicInteger();
    private Subscription leading = () -> {};

    @BeforeEach
    void aNodeThatLeads() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        store.nodes().onAssigned("a-1", hints::incrementAndGet);
        lead(FENCE);
        timeline.runUntilIdle();
    }

    @Test
    void theWatchOfWhatItHoldsEndsWithTheFirstAssignment() {
        int both = backend.watches();
        push("one");
        assign(store, FENCE);

        assertThat(backend.watches()).isEqualTo(both - 1);
        assertThat(hints).hasPositiveValue();
        assertThat(takeKnown()).containsExactly("one");
    }

    @Test
    void whatAnEarlierLeaderAssignedAndTheWatchHasNotToldOfIsKnownToo() {
        push("one");
        Fence earlier = new Fence("queue", "coordinator", 2);
        other.leader().install(earlier);
        backend.isToldLate(StoreKeys.held(assignedTo("one")));
        assign(other, earlier);
        Fence next = new Fence("queue", "coordinator", 3);
        store.leader().install(next);
        hints.set(0);

        assign(store, next);

        assertThat(hints).hasPositiveValue();
        assertThat(takeKnown()).containsExactly("one");
    }

    @Test
    void whoLeadsNoMoreHearsOfWhatItsSuccessorAssigns() {
        assign(store, FENCE);
        leading.close();

        itHearsOfWhatIsAssignedBy(new Fence("queue", "coordinator", 2));
        assertThat(takeKnown()).containsExactly("one");
    }

    /** An assignment of the term that is over was under way meanwhile. */
    @Test
    void whoEndsToLeadWhileItLooksWatchesOn() {
        backend.afterListOf(StoreKeys.held("a-1"), () -> leading.close());
        assign(store, FENCE);
        assign(store, FENCE);

        itHearsOfWhatIsAssignedBy(new Fence("queue", "coordinator", 2));
    }

    @Test
    void aSecondGroupsLeaderIsHeardOf() {
        assign(store, FENCE);
        Fence others = new Fence("others", "coordinator", 1);
        other.leader().install(others);
        timeline.runUntilIdle();
        assign(store, FENCE);

        itHearsOfWhatIsAssignedBy(others);
        assertThat(takeKnown()).containsExactly("one");
    }

    @Test
    void whatWasAssignedWithoutAnAnswerIsHeardOf() {
        assign(store, FENCE);
        push("one");
        hints.set(0);
        backend.loseAnswerAfter(0);

        assertThatThrownBy(() -> assign(store, FENCE)).isInstanceOf(StoreOutcomeUnknownException.class);
        timeline.runUntilIdle();

        assertThat(hints).hasPositiveValue();
        assertThat(takeKnown()).containsExactly("one");
    }

    @Test
    void whatItsLeaderTakesBackIsNotThereAnyMore() {
        push("one");
        assign(store, FENCE);
        push("two");
        assign(store, FENCE);

        assertThat(store.leader().revoke(FENCE, "a-1", "main", 1)).isEqualTo(1);
        timeline.runUntilIdle();

        assertThat(takeKnown()).containsExactly("one");
        assertThat(backend.commands())
                .as("asks for nothing that has left")
                .noneMatch(asked -> asked.startsWith("read"));
    }

    @Test
    void whatItsLeaderTakesBackMakesRoomAtOnce() {
        push("one");
        for (int times = 0; times < 3; times++) {
            assertThat(assignOne()).isEqualTo(1);
            assertThat(store.leader().revoke(FENCE, "a-1", "main", 1)).isEqualTo(1);
            timeline.runUntilIdle();
        }
    }

    private int assignOne() {
        Grant one = new Grant("a-1", "main", List.of("default"), Set.of(), 1);
        int total = store.leader().assign(FENCE, List.of(one)).total();
        timeline.runUntilIdle();
        return total;
    }

    @Test
    void aNodeThatEndsWatchesNothing() {
        assign(store, FENCE);
        store.close();
        int left = backend.watches();

        leading.close();

        assertThat(backend.watches()).isLessThanOrEqualTo(left);
    }

    /** As when both happen at once. */
    @Test
    void whatHasEndedIsNotWatchedAgain() {
        int before = backend.watches();
        HeldJobs held =
                new HeldJobs(new Coordinator(backend, timeline, Duration.ofSeconds(5)), "b-1", hints::incrementAndGet);
        held.close();

        held.watchAgain();

        assertThat(backend.watches()).isEqualTo(before);
    }

    /** A leader in another process gives it the job "one". */
    private void itHearsOfWhatIsAssignedBy(Fence fence) {
        other.leader().install(fence);
        push("one");
        hints.set(0);
        assign(other, fence);
        assertThat(hints).hasPositiveValue();
    }

    private void lead(Fence fence) {
        store.leader().install(fence);
        leading = store.leader().onReady(() -> {});
    }

    /** Named as it will be. */
    private JobDocument assignedTo(String id) {
        Entry ready = backend
                .list(
                        ListRequest.first(StoreKeys.ready("default"), 10),
                        Deadline.after(Duration.ofSeconds(5), timeline.ticker()))
                .entries()
                .stream()
                .filter(entry -> StoreKeys.jobIdOf(entry.key()).equals(id))
                .findFirst()
                .orElseThrow();
        try {
            return Documents.read(ready.value()).assigned("a-1", "main", "nonce");
        } catch (Documents.UnreadableException e) {
            throw new AssertionError(e);
        }
    }

    private void push(String id) {
        other.intake().push(List.of(NewJob.of(id, "default", "noop", new byte[0])));
        timeline.runUntilIdle();
    }

    private void assign(ClusterStore by, Fence fence) {
        by.leader().assign(fence, List.of(new Grant("a-1", "main", List.of("default"), Set.of(), 10)));
        timeline.runUntilIdle();
    }

    /** Without looking for more. */
    private List<String> takeKnown() {
        backend.commands();
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange("a-1", "main", List.of(), 10, Optional.empty()))
                .taken();
        assertThat(backend.commands()).noneMatch(command -> command.startsWith("list"));
        return taken.stream().map(attempt -> attempt.token().jobId()).toList();
    }

    private ClusterStore open(CountingBackend on) {
        return ClusterStore.open(on, timeline, Duration.ofSeconds(5), 10_000);
    }
}
