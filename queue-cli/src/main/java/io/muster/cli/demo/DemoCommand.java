package io.muster.cli.demo;

import io.muster.cli.console.Output;
import io.muster.cli.console.Signals;
import io.muster.cli.console.Surroundings;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code demo}. */
@Command(
        name = "demo",
        description = {
            "Starts a coordinator and three nodes, indexes files as jobs, kills the leader with kill -9 while it runs"
                    + " jobs itself, and compares every result with a plain sequential run.",
            "Exit code 0 if nothing was lost or wrong and at least one job was reclaimed from the killed leader."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./muster demo                          ZooKeeper, three processes",
            "  ./muster demo --cluster redis          the same on a Redis server",
            "  ./muster demo --cluster etcd --store postgresql",
            "  ./muster demo --cluster etcd://host:2379 --nodes 5",
            "  ./muster demo --cluster local --json   one JVM, the kill is simulated"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int STOPPED_BY_SIGNAL = 130;
    private static final Duration LONGEST_END = Duration.ofSeconds(20);

    private final Surroundings surroundings;
    private final Timeline timeline = SystemTimeline.instance();
    private volatile boolean interrupted;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--cluster",
            paramLabel = "WHAT",
            description =
                    "embedded (a ZooKeeper server from its Maven artifact), redis, etcd, consul or zookeeper (such a"
                            + " server, started for the demo), local (inside one JVM), or the URI of yours. Default:"
                            + " ${DEFAULT-VALUE}.")
    private String cluster = "embedded";

    @Option(
            names = "--store",
            paramLabel = "WHAT",
            description =
                    "Where jobs are kept: redis, postgresql or mariadb (such a server, started for the demo), h2 (a file), or"
                            + " the URI of yours. Default: what the cluster brings.")
    private @Nullable String store;

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes. Default: ${DEFAULT-VALUE}.")
    private int nodes = 3;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Jobs at once on a node. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 3;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "How many jobs. Default: one per file, in several passes until there are at least "
                    + DemoPlan.LEAST_JOBS + ".")
    private @Nullable Integer jobs;

    @Option(names = "--input", paramLabel = "DIR", description = "Directory with files. Default: this project.")
    private @Nullable Path input;

    @Option(names = "--no-kill", description = "Let the leader live.")
    private boolean noKill;

    public DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        DemoPlan plan = plan();
        try (Closing closing = new Closing()) {
            Signals.on("INT", () -> interrupt(closing));
            Signals.on("TERM", () -> interrupt(closing));
            return run(plan, closing);
        } catch (RuntimeException e) {
            if (interrupted) {
                // Whatever failed, failed because everything was ended; the thread that does it says so and halts.
                timeline.await(new CompletableFuture<Void>(), Deadline.after(LONGEST_END, timeline.ticker()));
                return STOPPED_BY_SIGNAL;
            }
            throw e;
        }
    }

    private int run(DemoPlan plan, Closing closing) {
        Progress.Kind kind = surroundings.watchedLive() ? Progress.Kind.BAR : Progress.Kind.LINES;
        DemoReport report = new Demo(plan, closing, output.err(), kind, timeline).run();
        if (output.isJson()) {
            output.json(report.asMap());
        } else {
            output.text(ReportTable.of(report));
        }
        return report.isGood() ? 0 : 1;
    }

    private void interrupt(Closing closing) {
        interrupted = true;
        closing.close();
        output.err().println();
        output.err().println("demo: interrupted; everything it started has ended");
        output.err().flush();
        Runtime.getRuntime().halt(STOPPED_BY_SIGNAL);
    }

    private DemoPlan plan() {
        require(nodes >= 1, "--nodes must be at least 1, not " + nodes);
        require(concurrency >= 1, "--concurrency must be at least 1, not " + concurrency);
        require(jobs == null || jobs >= 1, "--jobs must be at least 1, not " + jobs);
        require(
                noKill || nodes >= 2,
                "With one node nobody is left when the leader is killed; give --nodes 2 or more, or --no-kill");
        return new DemoPlan(
                cluster,
                Optional.ofNullable(store),
                nodes,
                concurrency,
                Optional.ofNullable(jobs),
                input == null
                        ? surroundings.project()
                        : surroundings.directory().resolve(input),
                noKill ? DemoPlan.Kill.NOBODY : DemoPlan.Kill.LEADER);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
