package io.muster.queue.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.Durability;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.ServerOptions;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on a Cluster, whose nodes refuse what is not in a slot of their own; each case lies in another slot. */
@Tag("Q2")
class RedisClusterStoreContractTest extends JobStoreContract {
    private static Optional<RedisClusterServers> servers = Optional.empty();

    @BeforeAll
    static void start() {
        servers = RedisClusterServers.tryStart(0, ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
        assumeTrue(servers.isPresent(), "no Redis on this machine");
    }

    @AfterAll
    static void stop() {
        servers.ifPresent(RedisClusterServers::close);
    }

    @Override
    protected StoreEnvironment openEnvironment() {
        return new RedisEnvironment(
                RedisEnvironment.config(servers.orElseThrow().uri()));
    }
}
