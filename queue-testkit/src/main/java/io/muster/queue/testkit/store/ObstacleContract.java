package io.muster.queue.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a store says of that keeps a job from being assigned. */
public abstract class ObstacleContract extends StoreContract {
    @Test
    void aJobThatNothingKeepsSaysSo() {
        push("a");

        assertThat(store.intake().obstacles("a")).isEqualTo(JobObstacles.NONE);
        assertThat(store.intake().obstacles("unknown")).isEqualTo(JobObstacles.NONE);
    }

    @Test
    void aPausedQueueIsToldWithWhoPausedIt() {
        push(job("a"), jobOn("other", "b"));

        store.intake().pause(QUEUE, "the operator, ärgerlich");

        assertThat(store.intake().obstacles("a").pausedBy()).contains("the operator, ärgerlich");
        assertThat(store.intake().obstacles("b")).isEqualTo(JobObstacles.NONE);
        store.intake().resume(QUEUE);
        assertThat(store.intake().obstacles("a")).isEqualTo(JobObstacles.NONE);
    }

    @Test
    void aHeldOverlapKeyIsToldWithTheJobThatHoldsIt() {
        admit("n1");
        push(keyed("a"), keyed("b"), job("c").withOverlap(OverlapKey.of("other")));
        assertThat(store.intake().obstacles("b").overlap()).isEmpty();

        Attempt running = runOne("n1");

        assertThat(store.intake().obstacles("b").overlap()).contains(new JobObstacles.HeldKey("key /ä", "a"));
        assertThat(store.intake().obstacles("a").overlap()).as("its own key").isEmpty();
        assertThat(store.intake().obstacles("c")).isEqualTo(JobObstacles.NONE);
        settle(running, COMPLETED);
        assertThat(store.intake().obstacles("b")).isEqualTo(JobObstacles.NONE);
    }

    @Test
    void aKeyWhoseTimeIsOverKeepsNobody() {
        admit("n1");
        push(job("a").withOverlap(new OverlapKey("k", Optional.of(Duration.ofSeconds(1)))));
        push(job("b").withOverlap(OverlapKey.of("k")));
        runOne("n1");
        assertThat(store.intake().obstacles("b").overlap()).isPresent();

        environment.pass(Duration.ofMillis(1100));

        assertThat(store.intake().obstacles("b").overlap()).isEmpty();
    }

    private NewJob keyed(String id) {
        return job(id).withOverlap(OverlapKey.of("key /ä"));
    }
}
