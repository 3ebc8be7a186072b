package io.muster.benchmarks.micro;

import io.muster.benchmarks.child.Payload;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobIds;
import io.muster.queue.job.JobOptions;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import io.muster.queue.store.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A group of jobs pushed, assigned, taken and settled on the memory store, one round trip each: by the size of the group. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SettleBenchmark {
    private static final Fence FENCE = new Fence("default", "bench", 1);
    private static final String NODE = "a-1";
    private static final Retention SHORT = new Retention(Duration.ofMillis(1), Duration.ofDays(1));
    private static final int PRUNED_AT_ONCE = 10_000;

    @Param({"1", "10", "100", "500"})
    private int group;

    private final byte[] payload = JobEnvelope.write(Payload.plain(), JobOptions.DEFAULT);
    private MemoryStore store = MemoryStore.open(new MemoryOptions(1_000_000), SystemTimeline.instance());

    @Setup(Level.Trial)
    public void open() {
        store.nodes()
                .admit(
                        IncarnationRecord.admitted(
                                NODE, "a", SystemTimeline.instance().clock().instant()),
                        Optional.empty());
        store.leader().install(FENCE);
    }

    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    @Benchmark
    public int pushAssignTakeSettle() {
        List<NewJob> jobs = Stream.generate(
                        () -> NewJob.of(JobIds.next(SystemTimeline.instance()), "default", "bench", payload))
                .limit(group)
                .toList();
        store.intake().push(jobs);
        store.leader().assign(FENCE, List.of(new Grant(NODE, "main", List.of("default"), Set.of("bench"), group)));
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange(NODE, "main", List.of(), group, Optional.empty()))
                .taken();
        List<Settlement> settlements = taken.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        store.nodes().exchange(new Exchange(NODE, "main", settlements, 0, Optional.empty()));
        store.leader().tend(FENCE, SHORT, SystemTimeline.instance().clock().instant(), PRUNED_AT_ONCE);
        return settlements.size();
    }
}
