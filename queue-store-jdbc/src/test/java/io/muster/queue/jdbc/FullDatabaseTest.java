package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that has no room left: whoever pushes is told at once, and work goes on as soon as there is room again. */
@Tag("F4")
class FullDatabaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGE = 100_000;
    private static final int MOST = 600;
    private static final Fence FENCE = new Fence("default", "coordinator", 1);

    @TempDir
    Path directory;

    /** Makes or takes away room. */
    @FunctionalInterface
    private interface Room {
        void make() throws Exception;
    }

    @Test
    void mariaDbWhoseTableSpaceHasReachedItsBound() throws Exception {
        try (LocalServer server = started(
                ServerKind.MARIADB,
                "--innodb-file-per-table=0",
                "--innodb-autoextend-increment=4",
                "--innodb-data-file-path=ibdata1:12M:autoextend:max:64M")) {
            try (JdbcStore store = open(server.uri().toString());
                    Connection connection = store.database().connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE ballast (id integer PRIMARY KEY AUTO_INCREMENT, filling longblob)");
                for (int i = 0; i < 5; i++) {
                    statement.execute("INSERT INTO ballast (filling) VALUES (REPEAT('x', 2000000))");
                }

                assertIsSaidAndNothingIsLost(store, () -> drop(statement, "ballast"));
            }
        }
    }

    /** Dropping a table needs a page too: where the last one is gone, the server itself cannot make room any more. */
    private static void drop(Statement statement, String table) {
        try {
            statement.execute("DROP TABLE " + table);
        } catch (SQLException e) {
            abort("What was said of the full table space holds; no page is left for making room: " + e.getMessage());
        }
    }

    /** A disk of its own is made in memory, which is root's to do; servers of root run as nobody. */
    @Test
    void postgreSqlWhoseDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "mode=700,uid=65534,gid=65534,size=32m", "tmpfs", disk.toString()),
                "cannot mount");
        try (LocalServer server = started(ServerKind.POSTGRES)) {
            try (JdbcStore administrator = open(server.uri() + "?table=elsewhere");
                    Connection connection = administrator.database().connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLESPACE small LOCATION '" + disk + "'");
                statement.execute("ALTER DATABASE postgres SET default_tablespace = small");
            }
            try (JdbcStore store = open(server.uri().toString())) {
                assertIsSaidAndNothingIsLost(
                        store, () -> assertThat(run("mount", "-o", "remount,size=128m", disk.toString()))
                                .isTrue());
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static void assertIsSaidAndNothingIsLost(JdbcStore store, Room room) throws Exception {
        store.intake().push(List.of(job("small-0", 10), job("small-1", 10)));
        List<Attempt> running = running(store, 2);
        List<String> acknowledged = new ArrayList<>();
        Random random = new Random(1);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < MOST; i++) {
                        byte[] payload = new byte[LARGE];
                        random.nextBytes(payload);
                        store.intake().push(List.of(NewJob.of("large-" + i, "mail", "send", payload)));
                        acknowledged.add("large-" + i);
                    }
                })
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining("no space left")
                .hasMessageContaining("nothing was applied");
        assertThat(store.intake().find("large-" + acknowledged.size())).isEmpty();
        assertThat(store.intake().find("small-0")).as("reading goes on").isPresent();

        room.make();

        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .untilAsserted(() -> assertThat(complete(store, running)).containsOnly(SettleResult.ACCEPTED));
        store.intake().push(List.of(job("again", LARGE)));
        assertThat(acknowledged)
                .isNotEmpty()
                .allSatisfy(job -> assertThat(store.intake().find(job)).isPresent());
    }

    private static LocalServer started(ServerKind kind, String... arguments) {
        Optional<LocalServer> started =
                LocalServer.tryStart(kind, ServerOptions.forTests().withExtraArguments(arguments));
        assumeTrue(started.isPresent(), "There is no such server here");
        return started.get();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static List<Attempt> running(JdbcStore store, int jobs) {
        store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.now()), Optional.empty());
        store.leader().assign(FENCE, List.of(new Grant("n1", "main", List.of("mail"), Set.of(), jobs)));
        return store.nodes()
                .exchange(new Exchange("n1", "main", List.of(), jobs, Optional.empty()))
                .taken();
    }

    private static List<SettleResult> complete(JdbcStore store, List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        return store.nodes()
                .exchange(new Exchange("n1", "main", settlements, 0, Optional.empty()))
                .settled();
    }

    private static JdbcStore open(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), "full", SystemTimeline.instance());
    }

    private static NewJob job(String id, int bytes) {
        return NewJob.of(id, "mail", "send", new byte[bytes]);
    }
}
