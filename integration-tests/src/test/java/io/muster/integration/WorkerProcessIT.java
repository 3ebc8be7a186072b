package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.cli.Main;
import io.muster.cluster.NodeStatus;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.store.QueueCounts;
import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code muster work} as real processes, with the job of {@link WorkSetup}: signals, restart, maintenance, limits. */
@Timeout(180)
class WorkerProcessIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String QUEUE = "default";
    private static final int STOPPED_BY_SIGNAL = 130;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private Properties settings = new Properties();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** Where the cluster meets, and where its jobs are. */
    enum Place {
        REDIS(ServerKind.REDIS, StoreKind.REDIS),
        ETCD(ServerKind.ETCD, StoreKind.OF_COORDINATOR),
        CONSUL(ServerKind.CONSUL, StoreKind.OF_COORDINATOR),
        ZOOKEEPER(ServerKind.ZOOKEEPER, StoreKind.OF_COORDINATOR),
        ETCD_POSTGRESQL(ServerKind.ETCD, StoreKind.POSTGRESQL),
        REDIS_MARIADB(ServerKind.REDIS, StoreKind.MARIADB);

        private final ServerKind coordinator;
        private final StoreKind store;

        Place(ServerKind coordinator, StoreKind store) {
            this.coordinator = coordinator;
            this.store = store;
        }
    }

    static Stream<Place> places() {
        return OnThreeNodes.FULL ? Stream.of(Place.values()) : Stream.of(Place.REDIS, Place.ETCD_POSTGRESQL);
    }

    @ParameterizedTest
    @MethodSource("places")
    @Tag("K4")
    void termEndsAWorkerWithinItsGraceAndGivesTheRestBackWithoutAnAttempt(Place place) {
        Queue client = client(place);
        List<String> ids = push(client, 4, Duration.ofSeconds(60));
        JavaProcess worker = work("worker", "--concurrency", "2", "--grace", "1s");
        awaitCounts(client, counts -> counts.running() == 2);

        worker.terminate();

        endsWith(worker, 0);
        awaitCounts(client, counts -> counts.ready() == 4);
        assertThat(ids).allSatisfy(id -> assertThat(
                        client.find(id).orElseThrow().counters().starts())
                .isZero());
    }

    @ParameterizedTest
    @MethodSource("places")
    @Tag("K4")
    void aSecondTermStopsAWorkerAtOnce(Place place) {
        Queue client = client(place);
        push(client, 1, Duration.ofSeconds(60));
        JavaProcess worker = work("worker", "--grace", "50s");
        awaitCounts(client, counts -> counts.running() == 1);

        worker.terminate();
        await().atMost(LIMIT).until(() -> client.nodes().stream()
                .anyMatch(node -> node.node().status() == NodeStatus.DRAINING));
        assertThat(worker.isAlive()).isTrue();
        worker.terminate();

        endsWith(worker, STOPPED_BY_SIGNAL);
    }

    @ParameterizedTest
    @MethodSource("places")
    @Tag("K4")
    void aRestartEndsWorkersWhenTheyHaveFinishedWhatRunsAndNoLaterOnes(Place place) {
        Queue client = client(place);
        push(client, 1, Duration.ofSeconds(3));
        JavaProcess worker = work("worker");
        awaitCounts(client, counts -> counts.running() == 1);

        client.operations().restart();

        endsWith(worker, 0);
        assertThat(client.size(QUEUE).completed()).isEqualTo(1);
        JavaProcess later = work("later");
        push(client, 2, Duration.ZERO);
        awaitCounts(client, counts -> counts.completed() == 3);
        assertThat(later.isAlive()).isTrue();
        later.terminate();
        endsWith(later, 0);
    }

    @ParameterizedTest
    @MethodSource("places")
    @Tag("K1")
    @Tag("K6")
    void inMaintenanceForcedWorkersGoOnAndEndByTheirLimits(Place place) {
        Queue client = client(place);
        client.operations().down("test");
        push(client, 7, Duration.ZERO);
        JavaProcess held = work("held");

        endsWith(work("once", "--force", "--once"), 0);
        assertThat(client.size(QUEUE).completed()).isEqualTo(1);
        endsWith(work("few", "--force", "--max-jobs", "2", "--concurrency", "2"), 0);
        assertThat(client.size(QUEUE).completed()).isEqualTo(3);
        endsWith(work("rest", "--force", "--stop-when-empty"), 0);
        assertThat(client.size(QUEUE).completed()).isEqualTo(7);

        push(client, 1, Duration.ZERO);
        client.operations().up();
        awaitCounts(client, counts -> counts.completed() == 8);
        held.terminate();
        endsWith(held, 0);
    }

    private Queue client(Place place) {
        Optional<LocalServer> coordinator = SharedServers.get(place.coordinator);
        Optional<StorePlace> store = place.store.place(folder);
        Assumptions.assumeTrue(coordinator.isPresent() && store.isPresent(), "no server for " + place);
        settings = new Properties();
        settings.setProperty("muster.cluster", coordinator.orElseThrow().uri().toString());
        settings.setProperty("muster.namespace", ThreeNodes.namespace());
        settings.setProperty("muster.session-ttl", "4s");
        store.orElseThrow().uri().ifPresent(uri -> settings.setProperty("muster.store", uri));
        Queue client =
                Queue.of(QueueSettings.of(settings)).type(Work.TYPE, Work.class).connect();
        opened.add(client);
        return client;
    }

    private JavaProcess work(String name, String... options) {
        try (Writer file = Files.newBufferedWriter(folder.resolve("muster.properties"))) {
            settings.store(file, "of this test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>(List.of(
                "work",
                "--node-id",
                name,
                "--config",
                folder.resolve("muster.properties").toString()));
        arguments.addAll(List.of(options));
        JavaProcess worker = JavaProcess.start(JavaCommand.of(Main.class.getName(), arguments.toArray(String[]::new))
                .withJvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .withLog(folder.resolve(name + ".log")));
        opened.add(worker);
        assertThat(worker.awaitLine(line -> line.contains(" works on "), LIMIT))
                .as("%s begins", name)
                .isPresent();
        return worker;
    }

    private static List<String> push(Queue client, int jobs, Duration lasting) {
        return client.bulk(QUEUE, Collections.nCopies(jobs, new Work(lasting.toMillis())));
    }

    private static void awaitCounts(Queue client, Predicate<QueueCounts> wanted) {
        await().atMost(LIMIT).until(() -> client.size(QUEUE), wanted);
    }

    private static void endsWith(JavaProcess worker, int code) {
        assertThat(worker.awaitExit(Duration.ofSeconds(30))).as("it ends").isTrue();
        assertThat(worker.exitCode()).hasValue(code);
    }
}
