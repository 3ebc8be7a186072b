package io.muster.cluster.etcd;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.ServerKind;
import io.muster.servers.contract.ContractServer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real etcd server. */
class EtcdContractTest implements PrimitivesContract, RecipesContract {
    private static ContractServer etcd;

    @BeforeAll
    static void findServer() {
        etcd = ContractServer.shared(
                        ServerKind.ETCD, Duration.ofSeconds(1), (host, port) -> EtcdConfig.at(host + ":" + port))
                .orElseGet(() -> abort("no etcd on this machine"));
    }

    @Override
    public ContractEnvironment environment() {
        return etcd;
    }
}
