package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which commits of a leader wait until they are durable: the server is told of a standby that never answers, so that those that wait stand there to
 * be seen, until it is told otherwise.
 */
class PostgresDurableFenceTest {
    private static final Fence FENCE = new Fence("default", "coordinator", 7);
    private static final int AFTER_AN_UNUSUAL_ONE = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private LocalServer server;
    private JdbcStore store;

    @BeforeEach
    void start() {
        Optional<LocalServer> started = LocalServer.tryStart(ServerKind.POSTGRES, ServerOptions.forTests());
        assumeTrue(started.isPresent(), "There is no such server here");
        server = started.get();
        store = JdbcStoreProvider.open(
                ConnectionUri.parse(server.uri() + "?call-timeout=60s"), "durable", SystemTimeline.instance());
    }

    @AfterEach
    void stop() {
        if (store != null) {
            store.close();
        }
        if (server != null) {
            server.close();
        }
        threads.shutdownNow();
    }

    @Test
    @Tag("C4")
    void anAssignmentWaitsForTheDiskIfItInstalledOrRaisedTheFenceAndElseDoesNot() throws Exception {
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.now()), Optional.empty());
        store.intake().push(List.of(job("a"), job("b"), job("c")));
        assertThat(assign(FENCE, 1)).isEqualTo(1);
        // The first one had to make the pool; so many after it go the long way, whose commits all wait.
        for (int i = 0; i < AFTER_AN_UNUSUAL_ONE; i++) {
            assertThat(assign(FENCE, 1)).isZero();
        }
        try (Connection connection = store.database().connect();
                Statement administrator = connection.createStatement()) {
            tell(administrator, "nobody");
            // The server heeds it a moment later: commits that are to wait anyway say when.
            List<CompletableFuture<?>> pushes = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                if (pushes.stream().allMatch(CompletableFuture::isDone)) {
                    NewJob other = NewJob.of("probe-" + pushes.size(), "other", "send", new byte[] {1});
                    pushes.add(
                            CompletableFuture.supplyAsync(() -> store.intake().push(List.of(other)), threads));
                }
                return waiting(administrator) == 1;
            });

            CompletableFuture<Integer> ordinary = CompletableFuture.supplyAsync(() -> assign(FENCE, 2), threads);
            assertThat(ordinary.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);

            CompletableFuture<Integer> raising =
                    CompletableFuture.supplyAsync(() -> assign(new Fence("default", "coordinator", 8), 3), threads);
            await().atMost(PATIENCE).until(() -> waiting(administrator) == 2);
            CompletableFuture<Integer> installing =
                    CompletableFuture.supplyAsync(() -> assign(new Fence("another", "coordinator", 1), 2), threads);
            await().atMost(PATIENCE).until(() -> waiting(administrator) == 3 || installing.isDone());
            assertThat(raising).isNotDone();
            assertThat(installing).isNotDone();

            tell(administrator, "");
            assertThat(raising.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            + installing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(1);
            CompletableFuture.allOf(pushes.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private int assign(Fence fence, int limit) {
        return store.leader()
                .assign(fence, List.of(new Grant("n1", "main", List.of("mail"), Set.of(), limit)))
                .total();
    }

    private static void tell(Statement administrator, String standby) throws SQLException {
        administrator.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
        administrator.execute("SELECT pg_reload_conf()");
    }

    /** Commits that stand there. */
    private static int waiting(Statement administrator) throws SQLException {
        try (ResultSet found =
                administrator.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
            found.next();
            return found.getInt(1);
        }
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
