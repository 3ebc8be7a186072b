package io.muster.benchmarks.micro;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs all benchmarks. */
public final class MicroRun {
    private MicroRun() {}

    public static void run() throws RunnerException {
        new Runner(new OptionsBuilder().include("io.muster.*Benchmark").build()).run();
    }
}
