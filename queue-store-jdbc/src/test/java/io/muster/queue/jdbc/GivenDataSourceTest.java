package io.muster.queue.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store on the application's own pool, whatever its connections begin with. */
@Tag("Q2")
class GivenDataSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Fence FENCE = new Fence("default", "coordinator", 1);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"POSTGRES,true", "POSTGRES,false", "MARIADB,true", "MARIADB,false", "H2,true", "H2,false"})
    void jobsLiveTheirLifeThereAndThePoolIsTheApplicationsAfterwards(String database, boolean autoCommit)
            throws SQLException {
        try (GivenDataSource source = source(database, autoCommit);
                GivenDataSource another = source(database, autoCommit)) {
            int isolation = isolation(source);
            String namespace = "given_" + autoCommit;
            try (JdbcStore store = source.open(namespace);
                    JdbcStore producer = another.open(namespace)) {
                AtomicInteger hints = new AtomicInteger();
                store.leader().onReady(hints::incrementAndGet);
                await().atMost(PATIENCE)
                        .until(() ->
                                hints.get() > 0 || !store.database().dialect.notifies());
                int before = hints.get();

                producer.intake().push(List.of(job("a"), job("b")));

                await().atMost(PATIENCE).until(() -> hints.get() > before);
                assertThat(settled(store)).hasSize(2).containsOnly(SettleResult.ACCEPTED);
                assertThat(store.intake().counts().get(0).live()).isZero();
            }
            await().atMost(PATIENCE).until(() -> source.borrowed() == 0);
            try (Connection connection = source.connect()) {
                assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPoolThatIsClosedIsAStoreThatIsUnavailable(boolean autoCommit) {
        GivenDataSource source = GivenDataSource.h2(directory.resolve("closed"), autoCommit);
        try (JdbcStore store = source.open("given")) {
            source.close();

            assertThatThrownBy(() -> store.intake().push(List.of(job("a"))))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("nothing was applied");
        }
        assertThatThrownBy(() -> source.open("given")).isInstanceOf(StoreUnavailableException.class);
    }

    private GivenDataSource source(String database, boolean autoCommit) {
        if (database.equals("H2")) {
            return GivenDataSource.h2(directory.resolve("jobs"), autoCommit);
        }
        Optional<LocalServer> server = SharedServers.get(ServerKind.valueOf(database));
        assumeTrue(server.isPresent(), "There is no such server here");
        return GivenDataSource.at(server.get(), autoCommit);
    }

    private static int isolation(GivenDataSource source) throws SQLException {
        try (Connection connection = source.connect()) {
            return connection.getTransactionIsolation();
        }
    }

    private static List<SettleResult> settled(JdbcStore store) {
        String incarnation = "n1";
        store.nodes().admit(IncarnationRecord.admitted(incarnation, "node", Instant.now()), Optional.empty());
        assertThat(store.leader()
                        .assign(FENCE, List.of(new Grant(incarnation, "main", List.of("mail"), Set.of(), 10)))
                        .total())
                .isEqualTo(2);
        List<Attempt> taken = store.nodes()
                .exchange(new Exchange(incarnation, "main", List.of(), 10, Optional.empty()))
                .taken();
        List<Settlement> settlements = taken.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        return store.nodes()
                .exchange(new Exchange(incarnation, "main", settlements, 0, Optional.empty()))
                .settled();
    }

    private static NewJob job(String id) {
        return NewJob.of(id, "mail", "send", new byte[] {1});
    }
}
