package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.time.SystemTimeline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code muster.seed} and {@code muster.seeds} say which seeds. */
class SimulationTest {
    private static final int SEEDS =
            Integer.getInteger("muster.seeds", Boolean.getBoolean("muster.full") ? 10_000 : 2_000);
    private static final int THREADS = Math.min(2, Runtime.getRuntime().availableProcessors());

    @Test
    void whateverGoesWrongEveryPromiseIsKept() {
        AtomicLong next = new AtomicLong(Long.getLong("muster.seed", 1));
        long end = next.get() + SEEDS;
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Void>> threads = IntStream.range(0, THREADS)
                .mapToObj(thread -> {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    SystemTimeline.instance().start("simulation-" + thread, () -> {
                        try {
                            for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                                runs.addAndGet(check(seed).runs());
                            }
                            done.complete(null);
                        } catch (RuntimeException | Error e) {
                            next.set(end);
                            done.completeExceptionally(e);
                        }
                    });
                    return done;
                })
                .toList();
        threads.forEach(CompletableFuture::join);
        assertThat(runs).as("handler runs over all seeds").hasValueGreaterThan(SEEDS);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        for (long seed = 1; seed <= 4; seed++) {
            assertThat(Simulation.run(seed).timeline())
                    .isEqualTo(Simulation.run(seed).timeline());
        }
    }

    private static History check(long seed) {
        History history = Simulation.run(seed);
        if (!history.violations().isEmpty()) {
            throw new AssertionError("Seed " + seed + " breaks promises:\n  "
                    + String.join("\n  ", history.violations()) + "\nAgain: ./muster simulate --seeds 1 --from " + seed
                    + "\n" + history.timeline());
        }
        return history;
    }
}
