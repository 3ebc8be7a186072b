package io.muster.queue.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;

class PostgresBatchLocksTest extends BatchLocksContract {
    @Override
    JdbcEnvironment openEnvironment() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        return new JdbcEnvironment(server.get().uri().toString(), "locks");
    }

    @Override
    Optional<Long> deadlocks(JdbcStore in) {
        return in.database()
                .transaction(
                        "count deadlocks",
                        session -> session.first(
                                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
                                row -> row.getLong(1)));
    }
}
