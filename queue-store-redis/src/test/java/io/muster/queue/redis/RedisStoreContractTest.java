package io.muster.queue.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** The contract on one Redis server. */
@Tag("Q2")
class RedisStoreContractTest extends JobStoreContract {
    @Override
    protected StoreEnvironment openEnvironment() {
        Optional<LocalServer> server =
                SharedServers.get(ServerKind.REDIS, ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        assumeTrue(server.isPresent(), "no Redis on this machine");
        return new RedisEnvironment(
                RedisStoreConfig.at(server.get().host() + ":" + server.get().port()));
    }
}
