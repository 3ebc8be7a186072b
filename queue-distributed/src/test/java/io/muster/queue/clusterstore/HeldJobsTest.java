package io.muster.queue.clusterstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Subscription;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a process keeps of the jobs of its node, by what a leader beside it and the watch tell of them. */
@Tag("Q2")
class HeldJobsTest {
    private static final int JOBS = 1_000;

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final Coordinator coordinator = new Coordinator(
            new CountingBackend(LocalConfig.named("held").open("test", timeline)), timeline, Duration.ofSeconds(5));
    private final HeldJobs held = new HeldJobs(coordinator, "a-1", () -> {});

    /** What comes and goes between two looks of a watch is never told of: nothing may wait for that. */
    @Test
    void nothingIsKeptOfJobsThatCameAndWentWithoutTheWatch() {
        timeline.runUntilIdle();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < JOBS; i++) {
                Held job = assigned("job-" + round + "-" + i);
                held.assignedHere(List.of(job));
                takeAndSettle();
            }
            timeline.advance(LatelyGone.KEPT);
        }

        Held last = assigned("last");
        held.assignedHere(List.of(last));
        takeAndSettle();

        assertThat(held.names()).isLessThan(JOBS + 2);
        assertThat(held.load("main")).isZero();
    }

    /** The leader hands over what it has assigned when all of it is; the watch, a take and a settlement may have been quicker. */
    @Test
    void whatIsHandedOverAfterItWasSettledDoesNotComeBack() {
        Held job = assigned("job");
        timeline.runUntilIdle();
        takeAndSettle();
        timeline.runUntilIdle();

        held.assignedHere(List.of(job));

        assertThat(held.waiting("main")).isZero();
        assertThat(held.load("main")).isZero();
    }

    @Test
    void aWatchThatIsLateDoesNotBringBackWhatWasSettled() {
        Held job = assigned("job");
        held.assignedHere(List.of(job));
        held.claim("main", 1).forEach(held::took);
        held.left(job.key());

        timeline.runUntilIdle();

        assertThat(held.waiting("main")).isZero();
    }

    /** Each watch costs the server a connection or a request that it keeps open. */
    @Test
    void aNodeThatCameBackWatchesNoMoreWhatItHeldBefore() {
        CountingBackend backend = new CountingBackend(LocalConfig.named("held").open("test", timeline));
        ClusterStore store = ClusterStore.open(backend, timeline, Duration.ofSeconds(5), JOBS);
        Optional<String> before = Optional.empty();
        for (int life = 0; life < 3; life++) {
            String incarnation = "b-" + life;
            store.nodes()
                    .admit(
                            IncarnationRecord.admitted(
                                    incarnation, "b", timeline.clock().instant()),
                            before);
            Subscription hints = store.nodes().onAssigned(incarnation, () -> {});
            hints.close();
            before = Optional.of(incarnation);
        }

        assertThat(backend.watches()).isEqualTo(1);
    }

    private void takeAndSettle() {
        List<Held> claims = held.claim("main", 10);
        assertThat(claims).hasSize(1);
        Held job = claims.get(0);
        held.took(job);
        coordinator.commit(Transaction.builder().write(Write.delete(job.key())).build());
        held.left(job.key());
    }

    private Held assigned(String id) {
        JobDocument job = JobDocument.pushed(
                        NewJob.of(id, "default", "noop", new byte[0]),
                        Places.at(timeline.clock().instant()),
                        JobState.READY)
                .assigned("a-1", "main", "nonce");
        Committed committed = (Committed) coordinator.commit(Transaction.builder()
                .write(Write.put(StoreKeys.held(job), Documents.write(job)))
                .build());
        return new Held(StoreKeys.held(job), job, committed.version(StoreKeys.held(job)), committed.revision());
    }
}
