package io.muster.cli;

import io.muster.cli.console.Output;
import io.muster.cli.console.Surroundings;
import io.muster.cli.console.Table;
import io.muster.queue.Queue;
import io.muster.queue.health.HealthSettings;
import io.muster.queue.health.MonitoredQueue;
import io.muster.queue.store.QueueCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks whether queues are busy. F3 */
@Command(
        name = "monitor",
        description = {
            "Looks once at the sizes of queues. Exit code 3 if one has more jobs than --max.",
            "A leader looks every minute by itself where muster.monitor-queues is set, and raises events."
        },
        mixinStandardHelpOptions = true)
final class MonitorCommand implements Callable<Integer> {
    /** A queue is busy. */
    static final int BUSY = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec command;

    @Mixin
    private final ClusterOption cluster;

    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Most jobs that still have to end. Default: ${DEFAULT-VALUE}.",
            defaultValue = "" + HealthSettings.DEFAULT_MONITOR_MAX)
    private long max;

    @Parameters(
            paramLabel = "QUEUES",
            description = "Names as [CONNECTION:]QUEUE, separated by commas: redis:default,redis:mail.")
    private String queues = "";

    MonitorCommand(Surroundings surroundings) {
        this.cluster = new ClusterOption(surroundings);
    }

    /** A queue and what was seen of it. */
    private record Seen(MonitoredQueue name, QueueCounts counts, boolean busy) {}

    @Override
    public Integer call() {
        Map<Optional<String>, List<MonitoredQueue>> perConnection = new LinkedHashMap<>();
        parsed().forEach(name -> perConnection
                .computeIfAbsent(name.connection(), first -> new ArrayList<>())
                .add(name));
        List<Seen> seen = new ArrayList<>();
        perConnection.forEach((connection, names) -> {
            try (Queue queue = Client.connect(cluster.settings(connection))) {
                for (MonitoredQueue name : names) {
                    QueueCounts counts = queue.size(name.queue());
                    seen.add(new Seen(name, counts, counts.live() > max));
                }
            }
        });
        if (output.isJson()) {
            output.json(seen.stream().map(MonitorCommand::figures).toList());
        } else {
            Table table = new Table("QUEUE", "JOBS", "PENDING", "RESERVED", "PROCESSING", "DELAYED", "STATUS");
            seen.forEach(one -> table.row(
                    one.name(),
                    one.counts().live(),
                    one.counts().ready(),
                    one.counts().assigned(),
                    one.counts().running(),
                    one.counts().delayed(),
                    one.busy() ? "busy" : "ok"));
            output.text(table);
        }
        return seen.stream().anyMatch(Seen::busy) ? BUSY : 0;
    }

    private List<MonitoredQueue> parsed() {
        try {
            return MonitoredQueue.parse(queues);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Map<String, Object> figures(Seen seen) {
        Map<String, Object> figures = new LinkedHashMap<>();
        seen.name().connection().ifPresent(name -> figures.put("connection", name));
        figures.put("queue", seen.name().queue());
        figures.put("size", seen.counts().live());
        figures.put("busy", seen.busy());
        return figures;
    }
}
