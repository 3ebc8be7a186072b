package io.muster.chaos.run;

import io.muster.chaos.soak.Rest;
import java.time.Duration;
import java.util.function.Consumer;

/** The course of a soak: a warm-up without faults, a rest to compare with, then load with a fault now and then, and rests between. */
final class Soak {
    private static final int RESTS = 9;
    private static final int WARM_UPS = 6;
    private static final Duration LEAST_LEG = Duration.ofSeconds(20);
    private static final Duration LONGEST_LEG = Duration.ofSeconds(150);
    private static final Duration LEAST_WARM_UP = Duration.ofSeconds(30);
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(90);

    private final Duration length;
    private final Nemesis nemesis;
    private final Rests rests;
    private final Consumer<String> progress;

    Soak(Duration length, Nemesis nemesis, Rests rests, Consumer<String> progress) {
        this.length = length;
        this.nemesis = nemesis;
        this.rests = rests;
        this.progress = progress;
    }

    void run() throws InterruptedException {
        Duration warmUp = between(LEAST_WARM_UP, length.dividedBy(WARM_UPS), LONGEST_WARM_UP);
        progress.accept("warming up for " + warmUp.toSeconds() + " s");
        Thread.sleep(warmUp.toMillis());
        rests.take(Rest.BASELINE);
        long legs = legs(length);
        for (long leg = 1; leg <= legs; leg++) {
            nemesis.rage(length.dividedBy(legs));
            rests.take(leg == legs ? Rest.LAST : Rest.BETWEEN);
        }
    }

    /** Short runs have as many rests as it takes to see a drift; between those of long ones there is load for a while. */
    static long legs(Duration length) {
        Duration leg = between(LEAST_LEG, length.dividedBy(RESTS), LONGEST_LEG);
        return Math.max(1, length.toMillis() / leg.toMillis());
    }

    private static Duration between(Duration least, Duration wanted, Duration most) {
        if (wanted.compareTo(least) < 0) {
            return least;
        }
        return wanted.compareTo(most) > 0 ? most : wanted;
    }
}
