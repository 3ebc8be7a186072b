package io.muster.cluster.local;

import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.LeaseContract;
import io.muster.cluster.testkit.LimitContract;
import java.time.Duration;

/** What depends on capabilities, on a coordinator that offers as little as allowed. */
class LimitedLocalContractTest implements LimitContract, LeaseContract {
    private static final Capabilities LEAST = new Capabilities(
            "local",
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            false,
            Capabilities.FenceStrength.BEST_EFFORT,
            false,
            false,
            33,
            (64 << 10) + 1_000,
            64 << 10,
            8 << 10);

    private static final LocalEnvironment ENVIRONMENT = new LocalEnvironment(LEAST);

    @Override
    public ContractEnvironment environment() {
        return ENVIRONMENT;
    }
}
