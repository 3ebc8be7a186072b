package io.muster.benchmarks.run;

import java.time.Duration;

/**
 * How long and how often is measured.
 *
 * @param rounds repeats of each measurement; ceilings are measured in each
 * @param pushing length of each push measurement, and of each ceiling
 * @param draining what the jobs of a drain should last for, by the rate seen while warming up
 * @param latency length of each latency measurement
 * @param warming how long each process is warmed up, at least
 * @param burden how many jobs lie there as a backlog or as finished ones while a drain is measured
 * @param total after which nothing new is begun; zero: no limit
 */
public record Pace(
        int rounds,
        Duration pushing,
        Duration draining,
        Duration latency,
        Duration warming,
        int burden,
        Duration total) {
    public static final Pace FULL = new Pace(
            3,
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(10),
            Duration.ofSeconds(8),
            1_000_000,
            Duration.ZERO);

    public static final Pace QUICK = new Pace(
            1,
            Duration.ofMillis(700),
            Duration.ofMillis(1500),
            Duration.ofSeconds(2),
            Duration.ofMillis(2500),
            100_000,
            Duration.ofSeconds(165));

    public Pace withRounds(int changed) {
        return new Pace(changed, pushing, draining, latency, warming, burden, total);
    }

    boolean isQuick() {
        return !total.isZero();
    }
}
