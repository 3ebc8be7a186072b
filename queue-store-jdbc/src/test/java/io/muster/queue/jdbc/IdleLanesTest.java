package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q2")
class IdleLanesTest {
    private static final List<Long> FEW = LongStream.range(0, 128).boxed().toList();
    private static final List<Long> MANY = LongStream.range(0, 2000).boxed().toList();
    private static final long TOOK = Duration.ofMillis(2).toNanos();

    private long now;
    private final IdleLanes idle = new IdleLanes(() -> now);

    @Test
    void fewAreAlwaysLookedAt() {
        look(FEW, Set.of(7L), 0);

        assertThat(idle.choose(FEW, 0)).isEqualTo(FEW);
    }

    @Test
    void ofManyThoseAreLookedAtThatHadJobs() {
        assertThat(idle.choose(MANY, 0)).isEqualTo(MANY);
        look(MANY, Set.of(7L, 900L), 0);

        assertThat(idle.choose(MANY, 0)).containsExactly(7L, 900L);
    }

    @Test
    void allAreLookedAtOnceSomebodySaysThatJobsAreReady() {
        look(MANY, Set.of(7L), 4);

        assertThat(idle.choose(MANY, 4)).containsExactly(7L);
        assertThat(idle.choose(MANY, 5)).isEqualTo(MANY);
        assertThat(idle.choose(MANY, 5)).as("until that was done").isEqualTo(MANY);
    }

    @Test
    void allAreLookedAtAsOftenAsTakesATwentiethOfTheTime() {
        look(MANY, Set.of(7L), 0);

        now += 20 * TOOK - 1;
        assertThat(idle.choose(MANY, 0)).containsExactly(7L);
        now++;
        assertThat(idle.choose(MANY, 0)).isEqualTo(MANY);
    }

    @Test
    void allAreLookedAtIfOneOfThemNeverWas() {
        look(MANY.subList(0, 1999), Set.of(7L), 0);

        assertThat(idle.choose(MANY, 0)).isEqualTo(MANY);
        assertThat(idle.choose(MANY.subList(0, 1000), 0)).containsExactly(7L);
    }

    @Test
    void aLookAtSomeDoesNotCountAsOneAtAll() {
        look(MANY, Set.of(7L, 8L), 0);
        now += 19 * TOOK;
        idle.looked(Set.of(7L, 8L), Set.of(8L), false, 0, TOOK);

        assertThat(idle.choose(MANY, 0)).containsExactly(8L);
        now += TOOK;
        assertThat(idle.choose(MANY, 0)).isEqualTo(MANY);
    }

    @Test
    void aLookAtSomeForgetsNothingOfTheOthers() {
        List<Long> own = MANY.subList(0, 1000);
        List<Long> others = MANY.subList(1000, 2000);
        look(MANY, Set.of(7L, 8L, 1700L), 0);

        idle.looked(Set.copyOf(idle.choose(own, 0)), Set.of(8L), false, 0, TOOK);

        assertThat(idle.choose(others, 0)).containsExactly(1700L);
        assertThat(idle.choose(MANY, 0)).containsExactly(8L, 1700L);
    }

    private void look(List<Long> places, Set<Long> found, long hints) {
        idle.looked(Set.copyOf(places), found, true, hints, TOOK);
    }
}
