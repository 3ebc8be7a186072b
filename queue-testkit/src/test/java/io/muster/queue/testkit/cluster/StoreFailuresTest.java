package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.event.QueueEvent.JobFailed;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that the store fails by itself are told of like others, once, though no attempt of theirs failed. */
@Tag("F2")
class StoreFailuresTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<JobFailed> told = new ArrayList<>();
    private final TestCluster cluster = TestCluster.of(1, builder -> builder.settings(settings ->
                    settings.toBuilder().unservedAfter(Duration.ofMinutes(1)).build())
            .pool(PoolOptions.of("default").withConcurrency(2))
            .on(JobFailed.class, told::add)
            .handle("work", Work.class, (work, context) -> TestCluster.spend(SECOND.multipliedBy(work.seconds())))
            .type("nobody-knows", NobodyKnows.class));

    record Work(int seconds) {}

    record NobodyKnows() {}

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void oneThatCrashedTooOftenIsToldOnceThoughItHasNoHook() {
        String job = cluster.queue()
                .job(new Work(60))
                .options(said -> said.withMaxCrashes(1))
                .dispatch()
                .jobId();
        crash(job, 0);
        crash(job, 1);
        cluster.settle();

        cluster.assertFailed(job, "crashed");
        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.job().id()).isEqualTo(job);
            assertThat(event.job().type()).isEqualTo("work");
            assertThat(event.cause()).isEqualTo(StoredJob.CRASHED);
        });
    }

    @Test
    void aLinkOfAChainIsToldToo() {
        cluster.queue()
                .chain(
                        new Work(1),
                        cluster.queue().job(new Work(60)).id("link").options(said -> said.withMaxCrashes(1)))
                .dispatch();
        cluster.advance(Duration.ofSeconds(5));
        crash("link", 0);
        crash("link", 1);
        cluster.settle();

        assertThat(told).extracting(event -> event.job().id()).containsExactly("link");
    }

    @Test
    void oneThatNobodyServesIsToldOnce() {
        String job = cluster.queue().push(new NobodyKnows());

        cluster.advance(Duration.ofMinutes(3));

        cluster.assertFailed(job, StoredJob.UNSERVED);
        assertThat(told).extracting(event -> event.job().id()).containsExactly(job);
    }

    private void crash(String job, int times) {
        cluster.advance(SECOND);
        TestNode worker = cluster.node(cluster.runs(job).get(times));
        worker.kill();
        cluster.start("more-" + times);
        cluster.advance(cluster.sessionTtl().multipliedBy(2));
    }
}
