package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A PostgreSQL of its own, which syncs as in production, and what is done to it. */
class PostgresFaultTest {
    private static final String SECRET = "s3cret-of-this-test";

    private LocalServer server;
    private JdbcStore store;

    @BeforeEach
    void start() {
        Optional<LocalServer> started = LocalServer.tryStart(
                ServerKind.POSTGRES,
                ServerOptions.forTests().withDurability(Durability.FSYNC).withSecret(SECRET));
        assumeTrue(started.isPresent(), "There is no such server here");
        server = started.get();
        store = open(server.uri().toString());
    }

    @AfterEach
    void stop() {
        if (store != null) {
            store.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Tag("Q4")
    void whatWasAcknowledgedSurvivesAKillOfTheServerAndTheStoreGoesOn() {
        List<NewJob> jobs =
                IntStream.range(0, 500).mapToObj(i -> job("job-" + i)).toList();
        assertThat(store.intake().push(jobs)).allMatch(PushOutcome.Pushed.class::isInstance);

        server.kill();
        assertThat(catchThrowable(() -> store.intake().push(List.of(job("meanwhile")))))
                .isInstanceOfAny(StoreUnavailableException.class, StoreOutcomeUnknownException.class);
        server.restart();

        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> assertThat(
                        store.intake().push(jobs))
                .hasSize(500)
                .allMatch(PushOutcome.SameId.class::isInstance));
    }

    @Test
    @Tag("Q4")
    void aSwallowedReplyEndsWithinItsTimeAndRepeatingPushesOnce() {
        try (TcpProxy proxy = TcpProxy.to(server);
                JdbcStore far = open(server.uriThrough(proxy) + "?call-timeout=3s")) {
            far.intake().push(List.of(job("first")));
            proxy.swallowReplies();
            long start = System.nanoTime();

            assertThat(catchThrowable(() -> far.intake().push(List.of(job("a")))))
                    .isInstanceOfAny(StoreUnavailableException.class, StoreOutcomeUnknownException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5500));
            proxy.cut();
            proxy.heal();
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> !far.intake().push(List.of(job("a"))).isEmpty());
            assertThat(store.intake().counts().get(0).ready()).isEqualTo(2);
        }
    }

    /** The statement is cancelled within its time, and the connection is there for the next call. */
    @Test
    @Tag("Q4")
    void aTableThatSomebodyElseHasLockedIsNotWaitedForLongerThanACallMayLast() throws SQLException {
        try (JdbcStore patient = open(server.uri() + "?call-timeout=3s&connections=2");
                Connection other = store.database().connect();
                Statement statement = other.createStatement()) {
            patient.intake().push(List.of(job("first")));
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE fault_jobs IN ACCESS EXCLUSIVE MODE");
            long start = System.nanoTime();

            assertThatThrownBy(() -> patient.intake().push(List.of(job("a"), job("b"))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("nothing was applied");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5500));
            other.rollback();
            assertThat(patient.intake().push(List.of(job("a"), job("b"))))
                    .allMatch(PushOutcome.Pushed.class::isInstance);
        }
    }

    /** Batches that may hold known ids are told apart from those that cannot. */
    @Test
    @Tag("Q4")
    void aBatchWithKnownIdsSaysWhichAndPushesTheOthers() {
        assertThat(store.intake().push(List.of(job("a"), job("b")))).allMatch(PushOutcome.Pushed.class::isInstance);

        assertThat(store.intake().push(List.of(job("c"), job("b"), job("d"))))
                .containsExactly(new PushOutcome.Pushed("c"), new PushOutcome.SameId("b"), new PushOutcome.Pushed("d"));
        assertThat(store.intake().push(List.of(job("e"), job("f")))).allMatch(PushOutcome.Pushed.class::isInstance);
        assertThat(store.intake().push(List.of(job("f")))).containsExactly(new PushOutcome.SameId("f"));
    }

    @Test
    @Tag("F4")
    void aReadOnlyDatabaseRefusesAtOnceAndSaysSo() throws SQLException {
        run("ALTER SYSTEM SET default_transaction_read_only = on");
        run("SELECT pg_reload_conf()");

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThatThrownBy(
                        () -> store.intake().push(List.of(job("a" + System.nanoTime()))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("read-only"));
    }

    @Test
    @Tag("F4")
    void aNewerSchemaIsRefusedWithBothVersions() throws SQLException {
        run("UPDATE fault_jobs_schema SET version = 99");

        assertThatThrownBy(() -> open(server.uri().toString()))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("99")
                .hasMessageContaining(Integer.toString(Schema.VERSION));
    }

    @Test
    @Tag("F4")
    void aMissingSchemaThatMayNotBeMadeIsRefused() {
        assertThatThrownBy(() -> open(server.uri() + "?migrate=false&table=other"))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("migrate");
    }

    @Test
    @Tag("F4")
    void aWrongPasswordIsRefusedAtOnceAndNotShown() {
        String wrong = server.uri().toString().replace(SECRET, "wrong-one");

        assertThatThrownBy(() -> open(wrong))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("password")
                .satisfies(error ->
                        assertThat(error.toString()).doesNotContain("wrong-one").doesNotContain(SECRET));
    }

    private static JdbcStore open(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), "fault", SystemTimeline.instance());
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = store.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
