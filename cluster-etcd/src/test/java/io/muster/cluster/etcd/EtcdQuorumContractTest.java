package io.muster.cluster.etcd;

import static org.junit.jupiter.api.Assumptions.abort;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.servers.ServerKind;
import io.muster.servers.contract.ContractQuorum;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on three servers, whose leader is killed or frozen before every fourth test. */
@EnabledIfSystemProperty(named = "muster.full", matches = "true")
class EtcdQuorumContractTest implements PrimitivesContract, RecipesContract {
    private static final int BETWEEN = 4;
    private static ContractQuorum servers;
    private static int tests;

    @BeforeAll
    static void start() {
        servers = ContractQuorum.tryStart(
                        ServerKind.ETCD, Duration.ofSeconds(2), all -> EtcdConfig.at(all.toArray(String[]::new)))
                .orElseGet(() -> abort("no Etcd on this machine"));
    }

    @AfterAll
    static void stop() {
        if (servers != null) {
            servers.close();
        }
    }

    @BeforeEach
    void disturb() {
        if (tests++ % BETWEEN == 0) {
            servers.disturb();
        }
    }

    @Override
    public ContractEnvironment environment() {
        return servers;
    }
}
