package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.muster.servers.TestSecrets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long calls last on a PostgreSQL that syncs as in production; see also {@link PostgresServerFaultTest}. */
class PostgresFaultTest {
    private static final String SECRET = TestSecrets.PASSWORD;

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

    private static JdbcStore open(String uri) {
        return JdbcStoreProvider.open(ConnectionUri.parse(uri), "fault", SystemTimeline.instance());
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
