package io.muster.benchmarks.micro;

import io.muster.benchmarks.child.Payload;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A job to payload bytes and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class EnvelopeBenchmark {
    private final JobType<Payload> type = new JobType<>("bench", Payload.class, JobOptions.DEFAULT);
    private final byte[] written = JobEnvelope.write(Payload.plain(), JobOptions.DEFAULT);

    @Benchmark
    public byte[] write() {
        return JobEnvelope.write(Payload.plain(), JobOptions.DEFAULT);
    }

    @Benchmark
    public Payload read() {
        return JobEnvelope.read(written).job(type);
    }
}
