package io.muster.cluster.redis;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerOptions;
import io.muster.servers.contract.ContractServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The contract on the master that Sentinels name. It has no replica: what a failover loses is no part of the contract, {@link RedisTopologyTest}
 * holds what is left of it.
 */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class RedisSentinelContractTest implements PrimitivesContract, RecipesContract {
    private static Optional<RedisSentinelServers> servers = Optional.empty();
    private static Optional<ContractServer> environment = Optional.empty();

    @BeforeAll
    static void start() {
        servers = RedisSentinelServers.tryStart(0, ServerOptions.forTests());
        environment = servers.map(RedisSentinelContractTest::environment);
        if (environment.isEmpty()) {
            abort("no Redis on this machine");
        }
    }

    private static ContractServer environment(RedisSentinelServers watched) {
        LocalServer master = watched.master();
        List<String> sentinels = watched.sentinels().stream()
                .map(sentinel -> sentinel.host() + ":" + sentinel.port())
                .toList();
        return ContractServer.at(
                master,
                master.port(),
                Duration.ofSeconds(1),
                (host, port) -> RedisConfig.sentinel(watched.masterAt(port), sentinels));
    }

    @AfterAll
    static void stop() {
        servers.ifPresent(RedisSentinelServers::close);
    }

    @Override
    public ContractEnvironment environment() {
        return environment.orElseThrow();
    }
}
