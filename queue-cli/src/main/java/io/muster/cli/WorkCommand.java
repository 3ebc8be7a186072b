package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.queue.JobSetup;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.worker.PoolOptions;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a worker process with one pool. K1, K4 */
@Command(
        name = "work",
        description = {
            "Works on queues until its limits, a restart signal or TERM say otherwise; it then finishes what runs and exits with 0.",
            "A second TERM ends it at once. Times are 500ms, 10s, 2m, or a number of seconds.",
            "With -v each job is logged with its id."
        },
        mixinStandardHelpOptions = true)
final class WorkCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = {"--queues", "--queue"},
            paramLabel = "QUEUES",
            description = "What it serves: high,default in strict order, or high=5,default=1 by weights."
                    + " Default: the connection's queue, or default.")
    private @Nullable String queues;

    @Option(names = "--concurrency", paramLabel = "N", description = "Jobs at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 1;

    @Option(
            names = "--tries",
            paramLabel = "N",
            description = "Attempts of a job that says nothing itself; 0 is without limit. Default: 1.")
    private @Nullable Integer tries;

    @Option(
            names = "--backoff",
            paramLabel = "TIME,…",
            split = ",",
            description =
                    "Waits before the next attempts of a job that says nothing itself; the last repeats. Default: none.")
    private List<String> backoff = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description =
                    "Longest attempt of a job that says nothing itself; shorter than muster.reclaim-after. Default: 60s.")
    private @Nullable String timeout;

    @Option(
            names = "--sleep",
            paramLabel = "TIME",
            description = "How often it asks without being told of a job. Default: 3s.")
    private @Nullable String sleep;

    @Option(names = "--rest", paramLabel = "TIME", description = "Pause between two jobs of a slot. Default: none.")
    private @Nullable String rest;

    @Option(names = "--once", description = "End after one job; if there is none, after --sleep.")
    private boolean once;

    @Option(names = "--stop-when-empty", description = "End when there is nothing to run.")
    private boolean stopWhenEmpty;

    @Option(names = "--max-jobs", paramLabel = "N", description = "End after so many jobs.")
    private @Nullable Integer maxJobs;

    @Option(names = "--max-time", paramLabel = "TIME", description = "End after so long.")
    private @Nullable String maxTime;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            description = "End once the heap in use after a garbage collection is above so many MiB.")
    private @Nullable Integer memory;

    @Option(names = "--force", description = "Work in maintenance too.")
    private boolean force;

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            description =
                    "How long what runs may go on after TERM; the rest is given back. Default: muster.shutdown-grace, 20s.")
    private @Nullable String grace;

    @Option(names = "--node-id", paramLabel = "NAME", description = "Its name in the cluster. Default: a random one.")
    private @Nullable String nodeId;

    @Option(
            names = "--class-path",
            paramLabel = "JAR,…",
            split = ",",
            description = "Jars and folders with your jobs and a service io.muster.queue.JobSetup that registers them."
                    + " Default: the examples' jobs.")
    private List<Path> classPath = List.of();

    WorkCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        QueueSettings settings = settings();
        PoolOptions pool = pool(settings);
        StopSignals stop = StopSignals.watch();
        try (URLClassLoader loader = new URLClassLoader(urls(), WorkCommand.class.getClassLoader())) {
            QueueBuilder builder = Queue.of(settings).pool(pool).endOnRestart();
            cluster.connectionName().ifPresent(builder::connection);
            prepare(builder, loader);
            Queue queue = builder.start();
            try (queue) {
                say(queue.cluster().self().name() + " works on " + pool.order() + " with " + pool.concurrency()
                        + " slots at " + ConnectionUri.parse(settings.cluster()) + "; Ctrl-C or TERM drains it");
                stop.await(queue.poolsEnded());
            }
            say("Ended; "
                    + queue.pools().stream().mapToLong(each -> each.completed()).sum() + " jobs completed here");
        }
        return 0;
    }

    private QueueSettings settings() {
        QueueSettings settings = cluster.settings();
        QueueSettings.Builder changed = settings.toBuilder()
                .workerCount(Math.max(1, concurrency))
                .maxConcurrency(Math.max(settings.maxConcurrency(), concurrency));
        if (nodeId != null) {
            changed.nodeId(nodeId);
        }
        if (grace != null) {
            changed.shutdownGrace(time("--grace", grace));
        }
        return changed.build();
    }

    private PoolOptions pool(QueueSettings settings) {
        try {
            PoolOptions pool = PoolOptions.of(queues == null ? settings.queues() : QueueOrder.parse(queues))
                    .withName("work")
                    .withConcurrency(concurrency);
            return limited(timed(pool));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private PoolOptions timed(PoolOptions pool) {
        PoolOptions timed = pool;
        if (tries != null) {
            timed = timed.withTries(tries);
        }
        if (timeout != null) {
            timed = timed.withTimeout(time("--timeout", timeout));
        }
        if (!backoff.isEmpty()) {
            timed = timed.withBackoff(
                    backoff.stream().map(wait -> time("--backoff", wait)).toArray(Duration[]::new));
        }
        if (sleep != null) {
            timed = timed.withSleep(time("--sleep", sleep));
        }
        return rest == null ? timed : timed.withRest(time("--rest", rest));
    }

    private PoolOptions limited(PoolOptions pool) {
        PoolOptions limited = pool;
        if (stopWhenEmpty) {
            limited = limited.withStopWhenEmpty();
        }
        if (maxJobs != null) {
            limited = limited.withMaxJobs(maxJobs);
        }
        if (once) {
            limited = limited.withOnce();
        }
        if (maxTime != null) {
            limited = limited.withMaxTime(time("--max-time", maxTime));
        }
        if (memory != null) {
            limited = limited.withMemoryMiB(memory);
        }
        if (force) {
            limited = limited.withForce();
        }
        return isVerbose() ? limited.withVerbose() : limited;
    }

    private boolean isVerbose() {
        return spec.commandLine().getParseResult().hasMatchedOption("--verbose");
    }

    /** A number alone means seconds. */
    private static Duration time(String option, String text) {
        return text.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(text))
                : ConnectionUri.parseDuration(option, text);
    }

    private URL[] urls() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Path path : classPath) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), "--class-path: there is no " + path);
            }
            urls.add(path.toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private void prepare(QueueBuilder builder, ClassLoader loader) {
        List<JobSetup> setups = ServiceLoader.load(JobSetup.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        if (setups.isEmpty() && !classPath.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--class-path holds no service " + JobSetup.class.getName() + "; name a class that registers your"
                            + " jobs in META-INF/services/" + JobSetup.class.getName());
        }
        if (setups.isEmpty()) {
            builder.handle(IndexFile.TYPE, new IndexHandler(run -> {}));
        }
        setups.forEach(setup -> setup.prepare(builder));
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
