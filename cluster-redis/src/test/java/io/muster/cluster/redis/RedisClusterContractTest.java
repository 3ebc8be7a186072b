package io.muster.cluster.redis;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.contract.ContractRedisCluster;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on a Redis Cluster without replicas: what a failover loses is no part of it. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class RedisClusterContractTest implements PrimitivesContract, RecipesContract {
    private static Optional<ContractRedisCluster> servers = Optional.empty();

    @BeforeAll
    static void start() {
        servers = ContractRedisCluster.tryStart(RedisConfig::cluster);
        if (servers.isEmpty()) {
            abort("no Redis on this machine");
        }
    }

    @AfterAll
    static void stop() {
        servers.ifPresent(ContractRedisCluster::close);
    }

    @Override
    public ContractEnvironment environment() {
        return servers.orElseThrow();
    }
}
