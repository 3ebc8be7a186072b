package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.queue.store.QueueCounts;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A coordinator is wiped under load, or replaced by one of another kind, while jobs lie in a store of their own: nothing is
 * written under the foreign line of terms until the command {@code adopt} says so.
 */
@Tag("C11")
@Timeout(180)
class WipedCoordinatorIT {
    private static final int JOBS = 300;
    private static final Duration WORK = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final String REFUSED = "Leads nothing before an operator adopts the store";
    private static final List<String> SETTINGS = List.of(
            "muster.session-ttl=2s",
            "muster.heartbeat-interval=1s",
            "muster.worker-count=4",
            "muster.shutdown-grace=1s");

    private final String namespace = ThreeNodes.namespace();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void afterAWipeUnderLoadAllJobsAreDoneOnceTheCoordinatorIsAdopted() throws IOException {
        LocalServer jobs = shared(ServerKind.POSTGRES);
        try (LocalServer redis = start(ServerKind.REDIS);
                ThreeNodes nodes = nodes(redis, jobs, "wiped")) {
            Set<String> pushed = load(nodes);

            flush(redis);

            long completed = awaitStandstill(nodes);
            adopt(redis, jobs);
            awaitDone(nodes);
            assertSettledOnce(pushed, nodes);
            System.out.printf(
                    "[redis + postgresql] wiped at %d of %d jobs: all settled once adopted%n", completed, JOBS);
        }
    }

    @Test
    void aStoreMovesToACoordinatorOfAnotherKindAndItsJobsGoOnThere() throws IOException {
        LocalServer jobs = shared(ServerKind.POSTGRES);
        try (LocalServer former = start(ServerKind.ETCD);
                LocalServer next = start(ServerKind.ZOOKEEPER);
                ThreeNodes nodes = nodes(former, jobs, "former")) {
            Set<String> pushed = load(nodes);
            nodes.all().forEach(NodeProcess::terminate);
            nodes.all().forEach(NodeProcess::awaitExit);

            try (ThreeNodes moved = nodes(next, jobs, "next")) {
                long completed = awaitStandstill(moved);
                adopt(next, jobs);
                awaitDone(moved);
                assertSettledOnce(pushed, nodes, moved);
                moved.ensureWhole();
                System.out.printf(
                        "[etcd to zookeeper + postgresql] moved at %d of %d jobs: all settled once adopted%n",
                        completed, JOBS);
            }
        }
    }

    private static LocalServer start(ServerKind kind) {
        return there(kind, LocalServer.tryStart(kind, ServerOptions.forTests()));
    }

    private static LocalServer shared(ServerKind kind) {
        return there(kind, SharedServers.get(kind));
    }

    private static LocalServer there(ServerKind kind, Optional<LocalServer> server) {
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        return server.get();
    }

    private ThreeNodes nodes(LocalServer coordinator, LocalServer jobs, String name) throws IOException {
        return new ThreeNodes(
                coordinator, StorePlace.on(jobs), namespace, Files.createDirectory(folder.resolve(name)), SETTINGS);
    }

    /** Pushes all jobs, and returns when some of them are done. */
    private static Set<String> load(ThreeNodes nodes) {
        nodes.ensureWhole();
        List<String> pushed =
                nodes.client().bulk(ThreeNodes.QUEUE, Collections.nCopies(JOBS, new Work(WORK.toMillis())));
        ThreeNodes.eventually(() -> nodes.counts().completed() > JOBS / 10);
        return new TreeSet<>(pushed);
    }

    /** Waits until a leader has said that it may not write, and then for long nothing changes; answers how many jobs are done. */
    private static long awaitStandstill(ThreeNodes nodes) {
        ThreeNodes.eventually(() -> nodes.all().stream().anyMatch(node -> node.logged(REFUSED) > 0));
        assertThat(nodes.all().stream()
                        .map(node -> node.logged("./muster adopt --cluster URI --store URI --group default"))
                        .mapToLong(Long::longValue)
                        .sum())
                .as("how to repair it is said, and not again and again")
                .isBetween(1L, 3L);
        QueueCounts[] last = {nodes.counts()};
        long[] sinceNanos = {System.nanoTime()};
        ThreeNodes.eventually(() -> {
            QueueCounts now = nodes.counts();
            if (!now.equals(last[0])) {
                last[0] = now;
                sinceNanos[0] = System.nanoTime();
            }
            return System.nanoTime() - sinceNanos[0] > QUIET.toNanos();
        });
        assertThat(last[0].live()).as("jobs that wait").isPositive();
        return last[0].completed();
    }

    /** Runs the command as an operator would. */
    private void adopt(LocalServer coordinator, LocalServer jobs) {
        JavaCommand command = JavaCommand.of(
                        "io.muster.cli.Main",
                        "adopt",
                        "--cluster",
                        coordinator.uri().toString(),
                        "--store",
                        jobs.uri().toString(),
                        "--namespace",
                        namespace,
                        "--yes")
                .withLog(folder.resolve("adopt.log"));
        try (JavaProcess adopting = JavaProcess.start(command)) {
            assertThat(adopting.awaitLine(line -> line.startsWith("adopted group default"), Duration.ofSeconds(60)))
                    .as("says what it did")
                    .isPresent();
            assertThat(adopting.awaitExit(Duration.ofSeconds(60))).isTrue();
            assertThat(adopting.exitCode()).hasValue(0);
        }
    }

    private static void awaitDone(ThreeNodes nodes) {
        ThreeNodes.eventually(() -> nodes.counts().live() == 0);
        assertThat(nodes.counts()).isEqualTo(new QueueCounts(ThreeNodes.QUEUE, 0, 0, 0, 0, JOBS, 0, false));
    }

    private static void assertSettledOnce(Set<String> pushed, ThreeNodes... all) {
        Map<String, Long> settled = Stream.of(all)
                .flatMap(nodes -> nodes.lines(pushed).stream())
                .filter(line -> line.kind() == Line.Kind.SETTLED)
                .collect(Collectors.groupingBy(Line::job, Collectors.counting()));
        assertThat(settled.keySet()).isEqualTo(pushed);
        assertThat(settled.values()).as("accepted settlements per job").allMatch(times -> times == 1);
    }

    private static void flush(LocalServer redis) throws IOException {
        try (Socket socket = new Socket(redis.host(), redis.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
