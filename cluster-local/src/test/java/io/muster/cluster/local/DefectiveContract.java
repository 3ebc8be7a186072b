package io.muster.cluster.local;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.PrimitivesContract;
import io.muster.cluster.testkit.RecipesContract;
import io.muster.cluster.testkit.ServerFaults;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The contract on a backend with a defect; run by {@link ContractNoticesDefectsTest} only, which expects it to fail. */
class DefectiveContract implements PrimitivesContract, RecipesContract {
    private static final LocalEnvironment SOUND = new LocalEnvironment(LocalConfig.DEFAULT_CAPABILITIES);
    static volatile @Nullable Defect defect;

    @Override
    public ContractEnvironment environment() {
        return new ContractEnvironment() {
            @Override
            public BackendConfig direct() {
                return with(SOUND.direct());
            }

            @Override
            public BackendConfig throughProxy() {
                return with(SOUND.throughProxy());
            }

            @Override
            public ServerFaults faults() {
                return SOUND.faults();
            }

            @Override
            public Duration sessionTtl() {
                return SOUND.sessionTtl();
            }

            @Override
            public Duration recovery() {
                return Duration.ofSeconds(2);
            }
        };
    }

    private static BackendConfig with(BackendConfig sound) {
        Defect planted = Objects.requireNonNull(defect);
        return (namespace, timeline) -> planted.in(sound.open(namespace, timeline));
    }
}
