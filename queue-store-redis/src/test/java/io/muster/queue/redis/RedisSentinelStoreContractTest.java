package io.muster.queue.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.Durability;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerOptions;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on the master that Sentinels name, with a password. */
@Tag("Q2")
class RedisSentinelStoreContractTest extends JobStoreContract {
    private static Optional<RedisSentinelServers> servers = Optional.empty();

    @BeforeAll
    static void start() {
        servers = RedisSentinelServers.tryStart(
                1,
                ServerOptions.forTests().withDurability(Durability.PAGE_CACHE).withSecret("sesame"));
        assumeTrue(servers.isPresent(), "no Redis on this machine");
    }

    @AfterAll
    static void stop() {
        servers.ifPresent(RedisSentinelServers::close);
    }

    @Override
    protected StoreEnvironment openEnvironment() {
        return new RedisEnvironment(
                RedisEnvironment.config(servers.orElseThrow().uri()));
    }
}
