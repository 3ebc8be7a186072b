package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chains where the coordinator keeps the jobs. */
@Tag("W1")
class ChainsInCoordinatorTest {
    private static final int CHAINS = 60;

    record Step(int chain, int link) {}

    @Test
    void moreLinksFollowAtOnceThanOnePushTakes() {
        List<Step> ran = new CopyOnWriteArrayList<>();
        try (Queue queue = Queue.named("chained-" + UUID.randomUUID())
                .cluster("local:")
                .store("cluster:")
                .pool(PoolOptions.of("default").withConcurrency(CHAINS))
                .handle("step", Step.class, (step, context) -> ran.add(step))
                .start()) {
            assertThat(queue.store().capabilities().mostPushBatch()).isLessThan(CHAINS);
            queue.pause("default");
            for (int chain = 0; chain < CHAINS; chain++) {
                queue.chain(new Step(chain, 1), new Step(chain, 2)).dispatch();
            }
            queue.resume("default");

            await().atMost(Duration.ofSeconds(30)).until(() -> ran.size() >= 2 * CHAINS);
            assertThat(ran).doesNotHaveDuplicates();
            for (int chain = 0; chain < CHAINS; chain++) {
                assertThat(ran).containsSubsequence(new Step(chain, 1), new Step(chain, 2));
            }
        }
    }
}
