package io.muster.cluster.local;

import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;

/** The contract on a coordinator inside this process, in real time. */
class LocalContractTest implements PrimitivesContract {
    private static final LocalEnvironment ENVIRONMENT = new LocalEnvironment(LocalConfig.DEFAULT_CAPABILITIES);

    @Override
    public ContractEnvironment environment() {
        return ENVIRONMENT;
    }
}
