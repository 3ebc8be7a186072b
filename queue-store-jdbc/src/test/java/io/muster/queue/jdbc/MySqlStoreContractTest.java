package io.muster.queue.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** MariaDB passes the contract in every build; MySQL, which few machines have and which is large to fetch, in the full one. */
@Tag("Q2")
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class MySqlStoreContractTest extends JobStoreContract {
    @Override
    protected StoreEnvironment openEnvironment() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.MYSQL);
        assumeTrue(server.isPresent(), "There is no such server here");
        return new JdbcEnvironment(server.get().uri().toString(), "contract");
    }
}
