package io.muster.queue.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.event.QueueEvent;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How often an idle pool looks for a job of which it was not told: the least that a lost notification costs. */
@Tag("Q3")
@Tag("K1")
class BackstopTest {
    @Test
    void byDefaultEveryFifteenSecondsInQuiet() {
        assertThat(looksPerFiveMinutesOfQuiet(PoolOptions.of("default"))).isBetween(19, 21);
    }

    @Test
    void aFifthAsOftenAsItsSleepSaysIfThatIsShorter() {
        assertThat(looksPerFiveMinutesOfQuiet(PoolOptions.of("default").withSleep(Duration.ofSeconds(1))))
                .isBetween(59, 61);
    }

    @Test
    void asItsSleepSaysIfThatIsLonger() {
        assertThat(looksPerFiveMinutesOfQuiet(PoolOptions.of("default").withSleep(Duration.ofMinutes(1))))
                .isBetween(4, 6);
    }

    private static int looksPerFiveMinutesOfQuiet(PoolOptions pool) {
        try (TestCluster cluster = TestCluster.of(1, builder -> builder.pool(pool))) {
            cluster.advance(Duration.ofMinutes(10));
            int[] looks = new int[1];
            cluster.node("node-1").queue().on(QueueEvent.Looping.class, looping -> looks[0]++);
            cluster.advance(Duration.ofMinutes(5));
            return looks[0];
        }
    }
}
