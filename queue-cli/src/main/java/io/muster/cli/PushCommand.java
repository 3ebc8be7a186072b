package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.InputFiles;
import io.muster.queue.Dispatched;
import io.muster.queue.Queue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gives work to the nodes. */
@Command(
        name = "push",
        description = {
            "Pushes jobs that index files, one job per file, and prints their ids.",
            "The nodes must see the files under the same path."
        },
        mixinStandardHelpOptions = true)
final class PushCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    @Option(names = "--input", paramLabel = "DIR", description = "Directory with the files. Default: this project.")
    private @Nullable Path input;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many jobs; files repeat if there are fewer. Default: one per file.")
    private @Nullable Integer count;

    @Option(names = "--queue", paramLabel = "Q", description = "The queue. Default: ${DEFAULT-VALUE}.")
    private String queueName = "default";

    @Option(names = "--delay", paramLabel = "D", description = "Not before, such as 500ms, 10s or 2m. Default: now.")
    private @Nullable String delay;

    PushCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.cluster = new ClusterOption(surroundings);
    }

    @Override
    public Integer call() {
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be at least 1, not " + count);
        }
        Duration wait = delay == null ? Duration.ZERO : ConnectionUri.parseDuration("--delay", delay);
        InputFiles files = InputFiles.find(input == null ? surroundings.project() : input);
        List<IndexFile> jobs = files.jobs(count == null ? files.size() : count);
        try (Queue queue = Client.connect(cluster.settings())) {
            List<String> ids = wait.isZero() ? queue.bulk(queueName, jobs) : pushLater(queue, jobs, wait);
            if (output.isJson()) {
                output.json(ids);
            } else {
                ids.forEach(output::text);
            }
        }
        return 0;
    }

    private List<String> pushLater(Queue queue, List<IndexFile> jobs, Duration wait) {
        List<CompletableFuture<Dispatched>> pushed = jobs.stream()
                .map(job -> queue.job(job).onQueue(queueName).delay(wait).dispatchAsync())
                .toList();
        return pushed.stream().map(outcome -> outcome.join().jobId()).toList();
    }
}
