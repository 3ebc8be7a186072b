package io.muster.queue.testkit.simulation;

import io.muster.cluster.time.SystemTimeline;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** {@linkplain Simulation Simulated clusters} of many seeds, one after the other in each of some threads, until one breaks a promise. */
public final class Simulations {
    private final AtomicLong next;
    private final long end;
    private final AtomicInteger runs = new AtomicInteger();
    private final List<Broken> broken = new CopyOnWriteArrayList<>();
    private final LongConsumer ended;

    private Simulations(long from, int seeds, LongConsumer ended) {
        this.next = new AtomicLong(from);
        this.end = from + seeds;
        this.ended = ended;
    }

    /**
     * What came of them.
     *
     * @param runs how often a handler ran, over all seeds
     * @param broken the first seed that was found to break a promise; others after it were not begun
     */
    public record Result(int runs, Optional<Broken> broken) {}

    /**
     * A seed that breaks promises.
     *
     * @param violations what was promised and did not hold
     * @param timeline all that happened, line by line
     */
    public record Broken(long seed, List<String> violations, String timeline) {
        /** Everything one needs to see it again. */
        public String text() {
            return "Seed " + seed + " breaks promises:\n  " + String.join("\n  ", violations)
                    + "\nAgain: ./muster simulate --seeds 1 --from " + seed + "\n" + timeline;
        }
    }

    /**
     * Runs so many seeds from this one on; waits for them.
     *
     * @param ended told of each seed after it has run, by the thread that ran it
     */
    public static Result run(long from, int seeds, int threads, LongConsumer ended) {
        Simulations all = new Simulations(from, seeds, ended);
        List<CompletableFuture<Void>> workers =
                IntStream.range(0, threads).mapToObj(all::begin).toList();
        workers.forEach(CompletableFuture::join);
        return new Result(all.runs.get(), all.broken.stream().findFirst());
    }

    private CompletableFuture<Void> begin(int thread) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        SystemTimeline.instance().start("simulation-" + thread, () -> {
            try {
                for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                    look(seed);
                }
                done.complete(null);
            } catch (RuntimeException | Error e) {
                next.set(end);
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void look(long seed) {
        History history = Simulation.run(seed);
        runs.addAndGet(history.runs());
        if (!history.violations().isEmpty()) {
            next.set(end);
            broken.add(new Broken(seed, List.copyOf(history.violations()), history.timeline()));
        }
        ended.accept(seed);
    }
}
