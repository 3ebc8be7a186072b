package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.Queue;
import io.muster.queue.failed.FailedFilter;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.job.Batch;
import io.muster.queue.store.BatchAges;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A batch within a batch that is pruned while the link waits that is to learn how it ended. */
@Tag("W3")
@Tag("W5")
class PrunedBatchTest {
    private static final BatchAges FINISHED =
            new BatchAges(Optional.of(Duration.ZERO), Optional.empty(), Optional.empty());

    private final List<String> ran = new ArrayList<>();
    private final TestCluster cluster = TestCluster.of(1, builder -> builder.pool(PoolOptions.of("default"))
            .handle("step", Step.class, (step, context) -> ran.add(step.name())));
    private final Queue queue = cluster.queue();

    record Step(String name) {}

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void isNotBegunAnewAndTheLinkThatWaitedForItFailsAndSaysSo() {
        Batch outer = queue.batch("outer")
                .addChain(queue.batch("inner").add(new Step("inner")), new Step("never"))
                .dispatch();
        cluster.advance(Duration.ofMillis(150)); // The link looks again 200 ms after it began the batch.
        assertThat(ran).containsExactly("inner");

        assertThat(queue.batches().prune(FINISHED)).isEqualTo(1);
        cluster.advance(Duration.ofSeconds(2));

        assertThat(ran).containsExactly("inner");
        assertThat(failed())
                .singleElement()
                .extracting(FailedJob::exception)
                .asString()
                .contains("\"inner\" was pruned before this job");
        assertThat(outer.refreshed().failedJobs()).isEqualTo(1);
    }

    @Test
    void isBegunAnewByARetryOfThatLink() {
        queue.batch("outer")
                .addChain(queue.batch("inner").add(new Step("inner")), new Step("last"))
                .dispatch();
        cluster.advance(Duration.ofMillis(150));
        queue.batches().prune(FINISHED);
        cluster.advance(Duration.ofSeconds(2));

        queue.failed().retry(List.of(failed().get(0).id()));
        cluster.advance(Duration.ofSeconds(2));

        assertThat(ran).endsWith("last");
    }

    private List<FailedJob> failed() {
        return queue.failed().list(FailedFilter.ALL, Optional.empty(), 10).jobs();
    }
}
