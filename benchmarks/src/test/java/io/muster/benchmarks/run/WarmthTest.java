package io.muster.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmthTest {
    @Test
    void drainsThatBecomeFasterAreNotSteady() {
        assertThat(after(100, 200, 300, 400, 500)).isFalse();
    }

    @Test
    void aSlowOneAmongThemDoesNotEndIt() {
        assertThat(after(100, 200, 150, 300)).isFalse();
        assertThat(after(100, 200, 300, 150, 250, 400)).isFalse();
    }

    @Test
    void threeThatAreNoBetterThanTheBestBeforeAreSteady() {
        assertThat(after(100, 200, 300, 290, 310, 280)).isTrue();
        assertThat(after(300, 200, 200, 200)).isTrue();
    }

    @Test
    void fewerThanFourSayNothing() {
        assertThat(after()).isFalse();
        assertThat(after(100, 100, 100)).isFalse();
    }

    private static boolean after(double... rates) {
        Warmth warmth = new Warmth();
        for (double rate : rates) {
            warmth.drained(rate);
        }
        return warmth.isSteady();
    }
}
