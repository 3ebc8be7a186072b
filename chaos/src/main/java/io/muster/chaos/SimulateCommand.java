package io.muster.chaos;

import com.sun.management.OperatingSystemMXBean;
import io.muster.queue.testkit.simulation.Simulations;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code muster simulate}. */
@Command(
        name = "muster simulate",
        description = {
            "Whole clusters inside one thread each, on manual time: nodes, leader, store and coordinator, and everything that can go wrong,"
                    + " drawn from a seed. All that is promised is checked at each step.",
            "Ends at the first seed that breaks a promise, with all that happened in it. Exit code 0 if every promise was kept, 1 if not, 2 if"
                    + " the run could not be made."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        footer = {
            "",
            "Examples:",
            "  ./muster simulate --seeds 10000",
            "  ./muster simulate --seeds 1 --from 4711     the same run again, to the same step"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final long SECOND = 1_000_000_000;
    private static final long TOLD_EVERY = 5 * SECOND;
    private static final double MILLI = 1_000_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--seeds", paramLabel = "N", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int seeds = 2000;

    @Option(names = "--from", paramLabel = "S", description = "The first one. Default: ${DEFAULT-VALUE}.")
    private long from = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Seeds at the same time. Default: as many as there are cores.")
    private int threads = Runtime.getRuntime().availableProcessors();

    private final long beganNanos = System.nanoTime();
    private final AtomicLong toldNanos = new AtomicLong(beganNanos);
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public Integer call() {
        positive("--seeds", seeds);
        positive("--from", from);
        positive("--threads", threads);
        Simulations.Result result = Simulations.run(from, seeds, threads, this::tell);
        PrintWriter out = spec.commandLine().getOut();
        result.broken().ifPresent(broken -> out.println(broken.text()));
        double seconds = (double) (System.nanoTime() - beganNanos) / SECOND;
        out.printf(
                Locale.ROOT,
                "%,d seeds from %d on, %,d handler runs, %s; %.1f s, %.1f seeds/s on %d threads, %.0f ms of CPU per seed%n",
                ended.get(),
                from,
                result.runs(),
                result.broken().isPresent() ? "one broke promises" : "no promise broken",
                seconds,
                ended.get() / seconds,
                threads,
                cpuMillis() / ended.get());
        out.flush();
        return result.broken().isPresent() ? 1 : 0;
    }

    private void positive(String option, long value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " must be 1 or more, not " + value);
        }
    }

    private void tell(long seed) {
        int done = ended.incrementAndGet();
        long now = System.nanoTime();
        long told = toldNanos.get();
        if (now - told >= TOLD_EVERY && toldNanos.compareAndSet(told, now)) {
            PrintWriter err = spec.commandLine().getErr();
            long elapsed = (now - beganNanos) / SECOND;
            long left = (now - beganNanos) / done * (seeds - done) / SECOND;
            err.printf(
                    Locale.ROOT,
                    "%02d:%02d  %,d of %,d seeds, about %d s left%n",
                    elapsed / 60,
                    elapsed % 60,
                    done,
                    seeds,
                    left);
            err.flush();
        }
    }

    /** Of this process since it began, JIT compiler and garbage collector included. */
    private static double cpuMillis() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean own
                ? own.getProcessCpuTime() / MILLI
                : Double.NaN;
    }
}
