package io.muster.cluster.consul;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.ServerKind;
import io.muster.servers.contract.ContractServer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real Consul server. */
class ConsulContractTest implements PrimitivesContract, RecipesContract {
    private static ContractServer consul;

    @BeforeAll
    static void findServer() {
        consul = ContractServer.shared(ServerKind.CONSUL, Duration.ofSeconds(1), ConsulConfig::at)
                .orElseGet(() -> abort("no Consul on this machine"));
    }

    @Override
    public ContractEnvironment environment() {
        return consul;
    }
}
