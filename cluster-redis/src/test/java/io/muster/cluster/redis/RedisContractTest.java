package io.muster.cluster.redis;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.ServerKind;
import io.muster.servers.contract.ContractServer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real Redis server. */
class RedisContractTest implements PrimitivesContract, RecipesContract {
    private static ContractServer redis;

    @BeforeAll
    static void findServer() {
        redis = ContractServer.shared(
                        ServerKind.REDIS, Duration.ofSeconds(1), (host, port) -> RedisConfig.at(host + ":" + port))
                .orElseGet(() -> abort("no Redis on this machine"));
    }

    @Override
    public ContractEnvironment environment() {
        return redis;
    }
}
