package io.muster.cluster.local;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;

/** The contract on a coordinator inside this process, in real time. */
class LocalContractTest implements PrimitivesContract, RecipesContract {
    private static final LocalEnvironment ENVIRONMENT = new LocalEnvironment(LocalConfig.DEFAULT_CAPABILITIES);

    @Override
    public ContractEnvironment environment() {
        return ENVIRONMENT;
    }
}
