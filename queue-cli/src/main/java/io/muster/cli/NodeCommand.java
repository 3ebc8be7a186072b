package io.muster.cli;

import io.muster.cli.console.Surroundings;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.examples.index.RunListener;
import io.muster.examples.index.RunLog;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.worker.PoolStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node of the examples' jobs until it is told to stop. */
@Command(
        name = "node",
        description = {
            "Runs one node, which indexes files, until Ctrl-C, TERM or a restart signal.",
            "It then finishes what runs, gives back the rest and exits with 0; a second signal ends it at once."
        },
        mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    @Mixin
    private final ClusterOption cluster;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--queues",
            paramLabel = "QUEUES",
            description =
                    "What it serves: high,default in strict order, or high=5,default=1 by weights. Default: default.")
    private @Nullable String queues;

    @Option(names = "--concurrency", paramLabel = "N", description = "Jobs at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 4;

    @Option(names = "--node-id", paramLabel = "NAME", description = "Its name in the cluster. Default: a random one.")
    private @Nullable String nodeId;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Note every run and its result in DIR/NAME.jsonl. Default: results are dropped.")
    private @Nullable Path results;

    NodeCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        QueueSettings settings = settings();
        StopSignals stop = StopSignals.watch();
        if (results == null) {
            work(settings, run -> {}, stop);
        } else {
            String name = settings.nodeId()
                    .orElseGet(() -> "node-" + ProcessHandle.current().pid());
            try (RunLog log = RunLog.open(results, name)) {
                work(settings.withNodeId(name), log, stop);
            }
        }
        return 0;
    }

    private QueueSettings settings() {
        QueueSettings settings = cluster.settings().withWorkerCount(concurrency);
        if (queues != null) {
            settings = settings.withQueues(QueueOrder.parse(queues));
        }
        return nodeId == null ? settings : settings.withNodeId(nodeId);
    }

    private void work(QueueSettings settings, RunListener listener, StopSignals stop) {
        Queue queue = Queue.of(settings)
                .handle(IndexFile.TYPE, new IndexHandler(listener))
                .endOnRestart()
                .start();
        try (queue) {
            Duration ttl = queue.cluster().session().effectiveTtl();
            say(queue.cluster().self().name() + " works on " + settings.queues() + " with "
                    + concurrency + " slots at " + ConnectionUri.parse(settings.cluster())
                    + ttlNote(settings.sessionTtl(), ttl) + "; Ctrl-C or TERM drains it");
            stop.await(queue.poolsEnded());
        }
        long completed = queue.pools().stream().mapToLong(PoolStats::completed).sum();
        say("Drained; " + completed + " jobs completed here");
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    /** A TTL that the server cannot do is raised, which one should know. */
    private static String ttlNote(Duration asked, Duration effective) {
        return effective.compareTo(asked) > 0
                ? ", session TTL " + effective.toMillis() + " ms instead of " + asked.toMillis()
                        + " ms, which is below the server's least"
                : "";
    }
}
