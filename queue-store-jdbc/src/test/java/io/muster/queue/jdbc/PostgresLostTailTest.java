package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.time.SystemTimeline;
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
import java.util.List;
import java.util.Optional;
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
