package io.muster.queue.distribution;

import io.muster.queue.store.Grant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One round of the plan; in this package, since the plan function is not public. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class PlannerBenchmark {
    @Param({"3", "30", "300"})
    private int nodes;

    private List<Seat> seats = List.of();
    private long round;

    @Setup
    public void seats() {
        seats = IntStream.range(0, nodes)
                .mapToObj(i -> new Seat(
                        "n" + i,
                        "n" + i + "-1",
                        "main",
                        QueueOrder.strict("high", "low"),
                        Set.of("a", "b"),
                        10,
                        10,
                        Seat.State.OPEN))
                .toList();
    }

    @Benchmark
    public List<Grant> plan() {
        return Planner.plan(seats, Map.of(), Map.of("high", 10_000, "low", 100), Map.of(), round++);
    }
}
