package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the cluster store costs its coordinator, in commands; a change that makes it dearer has to say so here. */
@Tag("Q2")
class CommandCountTest {
    private static final Fence FENCE = new Fence("queue", "coordinator", 1);

    /** One commit takes this many operations on the local coordinator, as on etcd. */
    private static final int MOST_OPERATIONS = 128;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final CountingBackend backend =
            new CountingBackend(LocalConfig.named("counted").open("test", timeline));
    private final ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 10_000);

    @BeforeEach
    void aNodeAndALeader() {
        assertThat(backend.capabilities().mostOperations()).isEqualTo(MOST_OPERATIONS);
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        store.leader().install(FENCE);
        store.nodes().onAssigned("a-1", () -> {});
        timeline.runUntilIdle();
    }

    @Test
    void anIdleLeadersRoundCostsFourReadsAndOnePerNodeAndNoWrite() {
        drain(push(10), 10);
        round();
        round();
        backend.commands();

        round();

        assertThat(backend.commands())
                .hasSizeLessThanOrEqualTo(4 + 1)
                .noneMatch(command -> command.startsWith("commit"));
    }

    @Test
    void anIdleNodesBackstopCostsOneRead() {
        drain(push(10), 10);
        backend.commands();

        exchange(List.of(), 5);

        assertThat(backend.commands()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void assigningWhatWasPushedCostsTwoListsAndOneTransaction() {
        drain(push(10), 10);
        store.intake().push(List.of(NewJob.of("late", "default", "noop", new byte[20])));
        timeline.runUntilIdle();
        backend.commands();

        assign(5);

        assertThat(backend.commands()).hasSize(2 + 1).noneMatch(command -> command.startsWith("read"));
        assertThat(exchange(List.of(), 5)).hasSize(1);
    }

    /** What was seen of a node last is compared, not trusted. */
    @Test
    void aNodeThatHasLeftSinceItWasSeenGetsNothing() {
        drain(push(10), 10);
        store.intake().push(List.of(NewJob.of("late", "default", "noop", new byte[20])));
        try (ClusterStore other = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), 10_000)) {
            other.nodes().leave("a-1");
        }

        assign(5);

        assertThat(store.intake().counts().get(0).ready()).isEqualTo(1);
        assertThat(store.intake().counts().get(0).assigned()).isZero();
    }

    @Test
    void drainingJobsInBatchesCostsEightTransactionsPerHundredAndPushingThemFive() {
        int pushes = commits(() -> push(1_000));
        int drains = commits(() -> drain(1_000, 100));

        assertThat(pushes).as("transactions to push 1,000").isLessThanOrEqualTo(10 * 5);
        assertThat(drains).as("transactions to assign, take and settle 1,000").isLessThanOrEqualTo(10 * 8);
    }

    private int commits(Runnable work) {
        backend.commands();
        work.run();
        return (int) backend.commands().stream()
                .filter(command -> command.startsWith("commit"))
                .count();
    }

    private void round() {
        store.leader().incarnations();
        store.leader().tend(FENCE, Retention.DEFAULT, timeline.clock().instant(), 500);
        store.leader().outbox(FENCE, 100);
        assign(5);
        timeline.advance(Duration.ofSeconds(3));
    }

    private int push(int jobs) {
        List<NewJob> all = IntStream.range(0, jobs)
                .mapToObj(i -> NewJob.of("job-" + i, "default", "noop", new byte[20]))
                .toList();
        int most = store.capabilities().mostPushBatch();
        for (int from = 0; from < jobs; from += most) {
            store.intake().push(all.subList(from, Math.min(jobs, from + most)));
        }
        timeline.runUntilIdle();
        return jobs;
    }

    /** As a leader and a pool do it: fill up, take and settle in one trip. */
    private void drain(int jobs, int batch) {
        List<Settlement> ended = new ArrayList<>();
        int settled = 0;
        while (settled < jobs) {
            assign(batch);
            List<Attempt> taken = exchange(ended, batch);
            settled += ended.size();
            ended = taken.stream()
                    .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                    .toList();
        }
        assertThat(store.intake().counts().get(0).completed()).isEqualTo(jobs);
    }

    private void assign(int limit) {
        store.leader().assign(FENCE, List.of(new Grant("a-1", "main", List.of("default"), Set.of("noop"), limit)));
        timeline.runUntilIdle();
    }

    private List<Attempt> exchange(List<Settlement> settlements, int take) {
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange("a-1", "main", settlements, take, Optional.empty()))
                .taken();
        timeline.runUntilIdle();
        return taken;
    }
}
