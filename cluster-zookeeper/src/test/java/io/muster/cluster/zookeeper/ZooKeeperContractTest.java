package io.muster.cluster.zookeeper;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;

/** The contract on a real ZooKeeper server. */
class ZooKeeperContractTest implements PrimitivesContract, RecipesContract {
    private static final ZooKeeperEnvironment ENVIRONMENT = ZooKeeperEnvironment.shared();

    @Override
    public ContractEnvironment environment() {
        return ENVIRONMENT;
    }
}
