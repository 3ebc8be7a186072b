package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("K2")
class LifeSignsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final LifeSigns signs = new LifeSigns();

    @Test
    void whoPublishesNothingNewForItsPatienceIsMissing() {
        heard(0, sign(1), sign(1));
        heard(60, sign(2), sign(1));

        assertThat(missing(89)).isEmpty();
        assertThat(missing(90)).containsExactly("quiet");
    }

    @Test
    void whosePoolStandsStillGivesNoSignWhateverItPublishes() {
        heard(0, sign(1), sign(1));
        heard(60, sign(2), standing(2));
        heard(89, sign(3), standing(3));

        assertThat(missing(91)).containsExactly("quiet");

        heard(92, sign(4), sign(4));
        assertThat(missing(93)).isEmpty();
    }

    @Test
    void nobodyIsMissingWhileNobodyGivesSigns() {
        heard(0, sign(1), sign(1));

        assertThat(missing(1_000)).isEmpty();
    }

    @Test
    void withATermEverybodysTimeBeginsAnew() {
        heard(0, sign(1), sign(1));
        signs.begin(nanos(80));
        heard(140, sign(2), sign(1));

        assertThat(missing(169)).isEmpty();
        assertThat(missing(170)).containsExactly("quiet");
    }

    @Test
    void whoIsGoneIsForgotten() {
        heard(0, sign(1), sign(1));
        signs.seen(Map.of("lively", sign(2)), nanos(80));

        assertThat(missing(100)).isEmpty();
    }

    private void heard(int second, LifeSign lively, LifeSign quiet) {
        signs.seen(Map.of("lively", lively, "quiet", quiet), nanos(second));
    }

    private Set<String> missing(int second) {
        return signs.missing(nanos(second));
    }

    private static LifeSign sign(int publication) {
        return new LifeSign(Instant.ofEpochSecond(publication), PATIENCE, false);
    }

    private static LifeSign standing(int publication) {
        return new LifeSign(Instant.ofEpochSecond(publication), PATIENCE, true);
    }

    private static long nanos(int second) {
        return Duration.ofSeconds(second).toNanos();
    }
}
