package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreException;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A PostgreSQL that acknowledges before it writes ({@code synchronous_commit = off}) loses its last moments when it is killed. */
@Tag("Q2")
class PostgresLostTailTest {
    @Test
    void theStoreGoesOnWithWhatIsLeftAndWithQueuesThatWereLost() throws SQLException {
        Optional<LocalServer> started = LocalServer.tryStart(
                ServerKind.POSTGRES,
                ServerOptions.forTests()
                        .withExtraArguments("-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s"));
        assumeTrue(started.isPresent(), "There is no such server here");
        try (LocalServer server = started.get();
                JdbcStore store = open(server)) {
            store.intake().push(List.of(job("kept", "mail")));
            writeDown(store);
            store.intake().push(List.of(job("lost", "fresh")));

            server.kill();
            assertThatThrownBy(() -> store.intake().push(List.of(job("meanwhile", "fresh"))))
                    .isInstanceOf(StoreException.class);
            server.restart();

            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreException.class)
                    .untilAsserted(() -> assertThat(store.intake().push(List.of(job("again", "fresh"))))
                            .containsExactly(new PushOutcome.Pushed("again")));
            try (JdbcStore another = open(server)) {
                assertThat(another.intake().find("lost"))
                        .as("the server has lost it")
                        .isEmpty();
                assertThat(another.intake().counts())
                        .extracting(QueueCounts::queue, QueueCounts::ready)
                        .containsExactlyInAnyOrder(
                                org.assertj.core.groups.Tuple.tuple("mail", 1L),
                                org.assertj.core.groups.Tuple.tuple("fresh", 1L));
            }
        }
    }

    /** Assignments do not wait for the disk. Here nothing else does either, so that it is certain that the server loses one. */
    @Test
    void anAssignmentThatTheServerLostIsMadeAgain() throws SQLException {
        Optional<LocalServer> started = LocalServer.tryStart(
                ServerKind.POSTGRES,
                ServerOptions.forTests()
                        .withExtraArguments("-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s"));
        assumeTrue(started.isPresent(), "There is no such server here");
        Fence fence = new Fence("default", "coordinator", 1);
        Grant grant = new Grant("n1", "main", List.of("mail"), Set.of(), 10);
        try (LocalServer server = started.get();
                JdbcStore store = open(server)) {
            store.nodes().admit(IncarnationRecord.admitted("n1", "node", Instant.EPOCH), Optional.empty());
            store.intake().push(List.of(job("first", "mail")));
            assertThat(store.leader().assign(fence, List.of(grant)).total()).isEqualTo(1);
            store.intake().push(List.of(job("second", "mail")));
            writeDown(store);
            assertThat(store.leader().assign(fence, List.of(grant)).total()).isEqualTo(1);

            server.kill();
            server.restart();

            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreException.class)
                    .until(() -> store.leader().assign(fence, List.of(grant)).total() == 1);
            assertThat(store.nodes()
                            .exchange(new Exchange("n1", "main", List.of(), 10, Optional.empty()))
                            .taken())
                    .extracting(attempt -> attempt.token().jobId())
                    .containsExactly("first", "second");
        }
    }

    /** A commit that waits for the disk takes all before it there. */
    private static void writeDown(JdbcStore store) throws SQLException {
        try (Connection connection = store.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    private static JdbcStore open(LocalServer server) {
        return JdbcStoreProvider.open(ConnectionUri.parse(server.uri().toString()), "tail", SystemTimeline.instance());
    }

    private static NewJob job(String id, String queue) {
        return NewJob.of(id, queue, "send", new byte[] {1});
    }
}
