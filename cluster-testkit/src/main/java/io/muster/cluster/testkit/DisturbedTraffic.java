package io.muster.cluster.testkit;

import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** How long clients go on, with which keys and at which pace, and what happens to the server meanwhile. */
final class DisturbedTraffic {
    private static final int KEYS = 2;
    private static final int BURSTS = 6;
    private static final Duration BURST = Duration.ofMillis(60);

    private final Bench bench;
    private final long begun;
    private volatile boolean ended;

    DisturbedTraffic(Bench bench) {
        this.bench = bench;
        this.begun = bench.timeline().ticker().nanos();
    }

    boolean goesOn() {
        return !ended;
    }

    void end() {
        ended = true;
    }

    /** One of two keys that all clients use in this round; short rounds keep each key's history short. */
    String key(Random random, Duration round) {
        return round(round) + "-" + random.nextInt(KEYS);
    }

    /** Number of the round. */
    long round(Duration round) {
        return (bench.timeline().ticker().nanos() - begun) / round.toNanos();
    }

    /** Lets a random time pass, up to {@code most}. */
    void pause(Random random, Duration most) {
        let(Duration.ofNanos(1 + (long) (random.nextDouble() * most.toNanos())));
    }

    /** Every kind of fault once, in any order, with some quiet between them; the server is whole afterwards. */
    void disturb(Random random) {
        ServerFaults faults = bench.faults();
        List<Runnable> kinds = new ArrayList<>(List.of(
                () -> during(faults::cut, bench.ttl().dividedBy(4), faults::heal),
                () -> during(faults::swallowReplies, bench.ttl().dividedBy(3), faults::heal),
                this::loseRepliesNowAndThen,
                () -> during(faults::blackhole, bench.ttl().dividedBy(3), faults::heal),
                () -> during(faults::freezeServer, bench.ttl().dividedBy(2), faults::thawServer),
                () -> during(faults::freezeServer, bench.ttl().plus(bench.ttl().dividedBy(2)), faults::thawServer),
                faults::restartServer));
        Collections.shuffle(kinds, random);
        for (Runnable kind : kinds) {
            kind.run();
            pause(random, bench.ttl());
        }
    }

    /** Each time those who are answered meanwhile take what the others gave up, or think they did. */
    private void loseRepliesNowAndThen() {
        for (int i = 0; i < BURSTS; i++) {
            during(bench.faults()::swallowReplies, BURST, bench.faults()::heal);
            let(BURST);
        }
    }

    private void during(Runnable begin, Duration time, Runnable end) {
        begin.run();
        let(time);
        end.run();
    }

    private void let(Duration time) {
        bench.timeline()
                .await(
                        new CompletableFuture<>(),
                        Deadline.after(time, bench.timeline().ticker()));
    }
}
