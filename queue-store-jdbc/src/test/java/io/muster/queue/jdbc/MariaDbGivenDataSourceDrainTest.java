package io.muster.queue.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.testkit.store.DrainContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** By default its transactions read what was committed before they began; the store's must not. */
@Tag("Q2")
class MariaDbGivenDataSourceDrainTest extends DrainContract {
    @Override
    protected StoreEnvironment openEnvironment() {
        Optional<LocalServer> server = SharedServers.get(ServerKind.MARIADB);
        assumeTrue(server.isPresent(), "There is no such server here");
        return GivenDataSource.at(server.get(), true).environment("drained");
    }
}
