package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Documents of ready jobs are kept only as long as somebody assigns them. */
@Tag("Q2")
class ReadyHeadsTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final CountingBackend backend =
            new CountingBackend(LocalConfig.named("heads").open("test", timeline));
    private final Coordinator coordinator = new Coordinator(backend, timeline, Duration.ofSeconds(5));
    private final ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 100);

    @Test
    void aQueueThatNobodyAsksAboutAnyMoreIsForgotten() {
        push("old", "one", "two");
        push("new", "three");
        ReadyHeads heads = new ReadyHeads(coordinator);
        heads.head("old", Board.read(coordinator));
        heads.head("new", Board.read(coordinator));
        assertThat(heads.size()).isEqualTo(3);

        timeline.advance(ReadyHeads.UNASKED.dividedBy(2));
        heads.head("new", Board.read(coordinator));
        heads.forgetUnasked();
        assertThat(heads.size()).isEqualTo(3);
        timeline.advance(ReadyHeads.UNASKED.dividedBy(2));
        heads.forgetUnasked();

        assertThat(heads.size()).isEqualTo(1);
    }

    @Test
    void whoeverAssignsForgetsWhatItIsNotAskedAboutAnyMore() {
        Incarnations incarnations = new Incarnations(coordinator);
        Assigner assigner = assigner(incarnations);
        ClusterLeaderDesk desk = desk(incarnations, assigner);
        admit();
        push("old", "one", "two");
        push("new", "three", "four");
        desk.assign(FENCE, List.of(grant("old", 1)));
        assertThat(assigner.known()).isEqualTo(1);

        timeline.advance(ReadyHeads.UNASKED);
        desk.assign(FENCE, List.of(grant("new", 2)));

        assertThat(assigner.known()).isEqualTo(1);
    }

    @Test
    void whoLeadsNoMoreKeepsNothing() {
        Incarnations incarnations = new Incarnations(coordinator);
        Assigner assigner = assigner(incarnations);
        ClusterLeaderDesk desk = desk(incarnations, assigner);
        Subscription hints = desk.onReady(() -> {});
        admit();
        push("default", "one", "two", "three");
        desk.assign(FENCE, List.of(grant("default", 1)));
        assertThat(assigner.known()).isEqualTo(2);

        hints.close();

        assertThat(assigner.known()).isZero();
        assertThat(backend.watches()).isZero();
    }

    @Test
    void aNodeThatReservesForItselfGetsNothingOfAQueueThatIsPausedWhileItLooks() {
        admit();
        push("default", "one");
        backend.beforeCommit(() -> store.intake().pause("default", "operator"));

        assertThat(store.nodes()
                        .reserve(grant("default", 1), timeline.clock().instant())
                        .total())
                .isZero();

        assertThat(store.intake().counts().get(0).ready()).isEqualTo(1);
        store.intake().resume("default");
        assertThat(store.nodes()
                        .reserve(grant("default", 1), timeline.clock().instant())
                        .total())
                .isEqualTo(1);
    }

    private Assigner assigner(Incarnations incarnations) {
        return new Assigner(
                coordinator, incarnations, new Burials(coordinator, new Batches(coordinator)), new HeldHere());
    }

    private ClusterLeaderDesk desk(Incarnations incarnations, Assigner assigner) {
        Batches batches = new Batches(coordinator);
        Burials burials = new Burials(coordinator, batches);
        return new ClusterLeaderDesk(
                coordinator, incarnations, burials, batches, assigner, new Tending(coordinator, incarnations, burials));
    }

    private void admit() {
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
    }

    private static Grant grant(String queue, int limit) {
        return new Grant("a-1", "main", List.of(queue), Set.of(), limit);
    }

    private void push(String queue, String... ids) {
        for (String id : ids) {
            store.intake().push(List.of(NewJob.of(id, queue, "noop", new byte[0])));
        }
    }
}
