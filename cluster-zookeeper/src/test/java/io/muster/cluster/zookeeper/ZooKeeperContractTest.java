package io.muster.cluster.zookeeper;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.ServerKind;
import io.muster.servers.contract.ContractServer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real ZooKeeper server. */
class ZooKeeperContractTest implements PrimitivesContract, RecipesContract {
    private static ContractServer zooKeeper;

    @BeforeAll
    static void findServer() {
        zooKeeper = ContractServer.shared(
                        ServerKind.ZOOKEEPER,
                        Duration.ofSeconds(2),
                        (host, port) -> ZooKeeperConfig.of(host + ":" + port))
                .orElseGet(() -> abort("no ZooKeeper on this machine"));
    }

    @Override
    public ContractEnvironment environment() {
        return zooKeeper;
    }
}
