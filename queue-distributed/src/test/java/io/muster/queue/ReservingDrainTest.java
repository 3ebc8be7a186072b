package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.QueueSettings.JobDistribution;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A backlog where nodes reserve for themselves: nothing but their own work may drive them on. */
@Tag("C7")
class ReservingDrainTest {
    private static final int JOBS = 20_000;
    /** Longer than the test: whoever waits for it makes it fail. */
    private static final Duration BACKSTOP = Duration.ofMinutes(10);

    record Count(int number) {}

    @Test
    void aBacklogOfShortJobsIsDrainedWithoutWaitingForTheBackstop() {
        AtomicInteger runs = new AtomicInteger();
        try (Queue queue = Queue.named("test")
                .cluster("local:" + UUID.randomUUID())
                .store("memory:?maxJobs=" + JOBS)
                .settings(settings -> settings.toBuilder()
                        .jobDistribution(JobDistribution.DISABLED)
                        .build())
                .pool(PoolOptions.of("default").withConcurrency(4).withSleep(BACKSTOP))
                .handle("count", Count.class, (job, context) -> runs.incrementAndGet())
                .start()) {
            queue.bulk("default", IntStream.range(0, JOBS).mapToObj(Count::new).toList());

            await().atMost(Duration.ofSeconds(30)).until(() -> runs.get() >= JOBS);
            assertThat(runs).hasValue(JOBS);
        }
    }
}
