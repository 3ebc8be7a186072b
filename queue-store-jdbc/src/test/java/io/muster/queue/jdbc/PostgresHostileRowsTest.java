package io.muster.queue.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;

class PostgresHostileRowsTest extends HostileRowsContract {
    @Override
    JdbcEnvironment openEnvironment() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.POSTGRES);
        assumeTrue(server.isPresent(), "There is no such server here");
        return new JdbcEnvironment(server.get().uri().toString(), "hostile");
    }
}
