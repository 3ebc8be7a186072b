package io.muster.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cli.console.CommandFailedException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** Each node is a process of its own, the command {@code node}; the coordinator is a real server. */
final class ProcessCluster implements DemoCluster {
    private static final String MAIN = "io.muster.cli.Main";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final int LAST_LINES = 8;
    /** Sessions end with the first tick after their TTL; ZooKeeper's default of two seconds would make that up to two more. */
    private static final Duration ZOOKEEPER_TICK = Duration.ofSeconds(1);
    /** All JVMs of the demo start at once, on a machine that may be small. */
    private static final String PATIENCE = "?connectTimeout=20s";

    private final Scratch scratch;
    private final Optional<LocalServer> server;
    private final Path config;
    private final QueueSettings settings;
    private final int concurrency;

    @GuardedBy("this")
    private final Map<String, JavaProcess> processes = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Set<String> dismissed = new HashSet<>();

    @GuardedBy("this")
    private boolean closed;

    private ProcessCluster(Scratch scratch, Optional<LocalServer> server, Map<String, String> text, int concurrency) {
        this.scratch = scratch;
        this.server = server;
        this.settings = QueueSettings.of(text);
        this.config = written(text, scratch.directory().resolve("node.properties"));
        this.concurrency = concurrency;
    }

    /** On a server of this kind, started for the demo as people run it. */
    static ProcessCluster onServer(ServerKind kind, DemoPlan plan, Scratch scratch) {
        ServerOptions options = ServerOptions.likeProduction();
        LocalServer server =
                LocalServer.start(kind, kind == ServerKind.ZOOKEEPER ? options.withTick(ZOOKEEPER_TICK) : options);
        return new ProcessCluster(
                scratch, Optional.of(server), text(server.uri() + PATIENCE, plan, scratch), plan.concurrency());
    }

    /** On the user's own coordinator. */
    static ProcessCluster at(String uri, DemoPlan plan, Scratch scratch) {
        return new ProcessCluster(scratch, Optional.empty(), text(uri, plan, scratch), plan.concurrency());
    }

    private static Map<String, String> text(String uri, DemoPlan plan, Scratch scratch) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("muster.cluster", uri);
        text.put("muster.namespace", scratch.name());
        plan.store().ifPresent(store -> text.put("muster.store", store));
        return text;
    }

    /** In a file, since a password on a command line could be read by everybody. */
    private static Path written(Map<String, String> text, Path file) {
        Properties properties = new Properties();
        properties.putAll(text);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        return file;
    }

    @Override
    public String description() {
        return server.map(started -> started.kind().id() + " started for the demo, port " + started.port())
                .orElseGet(() -> ConnectionUri.parse(settings.cluster()).toString());
    }

    @Override
    public boolean outlives() {
        return server.isEmpty();
    }

    @Override
    public void start(String node) {
        JavaCommand command = JavaCommand.of(
                        MAIN,
                        "node",
                        "--config",
                        config.toString(),
                        "--node-id",
                        node,
                        "--concurrency",
                        Integer.toString(concurrency),
                        "--results",
                        scratch.results().toString())
                .withJvmOptions(
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow")
                .withLog(log(node));
        synchronized (this) {
            if (!closed) {
                processes.put(node, JavaProcess.start(command));
            }
        }
    }

    @Override
    public QueueBuilder client() {
        return Queue.of(settings);
    }

    @Override
    public void freeze(String node) {
        process(node).freeze();
    }

    @Override
    public void thaw(String node) {
        process(node).thaw();
    }

    @Override
    public void kill(String node) {
        dismiss(node);
        process(node).kill();
    }

    @Override
    public String killing() {
        return "kill -9";
    }

    @Override
    public synchronized Optional<String> trouble() {
        for (Map.Entry<String, JavaProcess> entry : processes.entrySet()) {
            String node = entry.getKey();
            if (!dismissed.contains(node) && !entry.getValue().isAlive()) {
                return Optional.of(node + " ended by itself with exit code "
                        + entry.getValue().exitCode().orElse(-1) + "; its last words:" + lastLines(node));
            }
        }
        return Optional.empty();
    }

    @Override
    public void stop(List<String> nodes) {
        nodes.forEach(this::dismiss);
        nodes.forEach(node -> process(node).terminate());
        nodes.forEach(node -> {
            if (!process(node).awaitExit(STOP_LIMIT)) {
                process(node).kill();
            }
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        dismissed.addAll(processes.keySet());
        processes.values().forEach(JavaProcess::close);
        server.ifPresent(LocalServer::close);
    }

    private synchronized void dismiss(String node) {
        dismissed.add(node);
    }

    private synchronized JavaProcess process(String node) {
        JavaProcess process = processes.get(node);
        if (process == null) {
            throw new CommandFailedException("No node " + node + " was started");
        }
        return process;
    }

    private Path log(String node) {
        return scratch.directory().resolve(node + ".log");
    }

    private String lastLines(String node) {
        try {
            List<String> lines = Files.readAllLines(log(node));
            return System.lineSeparator()
                    + String.join(
                            System.lineSeparator(),
                            lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return " unreadable (" + e + ")";
        }
    }
}
