package io.muster.queue.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;

class MariaDbSurvivorLocksTest extends SurvivorLocksContract {
    @Override
    JdbcEnvironment openEnvironment() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.MARIADB);
        assumeTrue(server.isPresent(), "There is no such server here");
        return new JdbcEnvironment(server.get().uri().toString(), "survivors");
    }

    @Override
    String countOfThoseThatWait() {
        return "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
    }
}
