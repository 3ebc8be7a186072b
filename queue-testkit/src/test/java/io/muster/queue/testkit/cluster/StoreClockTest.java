package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.JobState;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Due moments are judged by the store's clock, whatever the leader's says. */
@Tag("Q4")
class StoreClockTest {
    record Note(String text) {}

    @Test
    void aLeaderWhoseClockIsAheadWaitsForTheStoreWithoutAskingAllTheTime() {
        try (TestCluster cluster = TestCluster.of(
                1, queue -> queue.pool(PoolOptions.of("default")).handle("note", Note.class, (note, context) -> {}))) {
            cluster.node("node-1").skewClock(Duration.ofMinutes(1));
            String job = cluster.queue().later(Duration.ofSeconds(10), new Note("later"));

            cluster.advance(Duration.ofMillis(9_900));
            assertThat(cluster.queue().find(job).orElseThrow().state()).isEqualTo(JobState.DELAYED);

            cluster.advance(Duration.ofMillis(200));
            cluster.assertCompleted(job);
        }
    }
}
