package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on a coordinator and a store, whole before each case. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnThreeNodes {
    static final boolean FULL = Boolean.getBoolean("muster.full");
    static final int JOBS = FULL ? 300 : 40;
    static final Duration SHORT = Duration.ofMillis(300);
    static final int SLOTS = 4;
    private static final Duration AFTER_TTL = Duration.ofSeconds(1);
    private static final Pattern TTL = Pattern.compile("Session opened .*ttl=(\\S+)");

    private final ServerKind kind;
    private final StoreKind store;
    private final List<String> settings = new ArrayList<>(List.of(
            "muster.session-ttl=2s",
            "muster.heartbeat-interval=1s",
            "muster.worker-count=" + SLOTS,
            "muster.shutdown-grace=1s"));
    private LocalServer server;
    private Path folder;
    ThreeNodes nodes;
    Duration ttl = Duration.ZERO;

    /** A case that failed says what the nodes logged, and leaves them to nobody. */
    @RegisterExtension
    final AfterTestExecutionCallback afterFailure = context -> {
        if (context.getExecutionException().isPresent()) {
            try {
                nodes.tellTroubles();
            } finally {
                startNodes();
            }
        }
    };

    /** {@code more} are settings of the nodes, {@code name=value}. */
    @SuppressWarnings("NullAway.Init") // JUnit calls findServer before each case
    OnThreeNodes(ServerKind kind, StoreKind store, String... more) {
        this.kind = kind;
        this.store = store;
        this.settings.addAll(List.of(more));
    }

    @BeforeAll
    void findServer(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path root) {
        Optional<LocalServer> found = SharedServers.get(kind);
        Assumptions.assumeTrue(found.isPresent(), kind + " is missing");
        server = found.get();
        folder = root;
        startNodes();
    }

    private void startNodes() {
        stopNodes();
        Path place = newFolder();
        Optional<StorePlace> jobs = store.place(place);
        Assumptions.assumeTrue(jobs.isPresent(), store + " is missing");
        nodes = new ThreeNodes(server, jobs.get(), place, settings);
    }

    @BeforeEach
    void makeWhole() {
        nodes.ensureWhole();
        Matcher opened = TTL.matcher(
                nodes.all().get(0).awaitLog(line -> TTL.matcher(line).find()));
        assertThat(opened.find()).isTrue();
        ttl = Duration.parse(opened.group(1));
    }

    @AfterAll
    void stopNodes() {
        if (nodes != null) {
            nodes.close();
        }
    }

    /** Within a second of the TTL; ZooKeeper ends sessions in ticks, up to one of them later. */
    final Duration bar() {
        return ttl.plus(kind == ServerKind.ZOOKEEPER ? nodes.expirySlack() : AFTER_TTL);
    }

    final void tell(String measured) {
        String jobs = store == StoreKind.OF_COORDINATOR ? "" : " + " + store;
        System.out.printf("[%s%s, ttl %d ms] %s%n", kind.id(), jobs, ttl.toMillis(), measured);
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(folder, "nodes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
