package io.muster.queue.redis;

import io.muster.queue.testkit.store.JobStoreContract;
import io.muster.queue.testkit.store.StoreEnvironment;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on one Valkey server; {@link ValkeyStoreTest} is what every build runs of it. */
@Tag("Q2")
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class ValkeyStoreContractTest extends JobStoreContract {
    @Override
    protected StoreEnvironment openEnvironment() {
        return SharedServers.get(ServerKind.VALKEY)
                .map(server -> new RedisEnvironment(
                        RedisEnvironment.config(server.uri().toString())))
                .orElseGet(() -> Assumptions.abort("no Valkey on this machine"));
    }
}
