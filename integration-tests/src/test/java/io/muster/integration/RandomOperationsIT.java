package io.muster.integration;

import io.muster.cluster.Cluster;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.StoreProvider;
import io.muster.queue.testkit.operation.RandomOperations;
import io.muster.queue.testkit.operation.RealTimeCluster;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random operations on each real store come to what a simple model says. {@code muster.seed} and {@code muster.seeds} say which seeds. */
@Tag("J5")
@Tag("W1")
@Tag("W2")
class RandomOperationsIT {
    private static final int SEEDS = Integer.getInteger("muster.seeds", Boolean.getBoolean("muster.full") ? 20 : 3);
    private static final long FIRST = Long.getLong("muster.seed", 1);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OF_COORDINATOR")
    void equalTheModel(StoreKind kind, @TempDir Path folder) {
        Optional<StorePlace> place = kind.place(folder);
        Assumptions.assumeTrue(place.isPresent(), kind + " is missing");
        ConnectionUri uri = ConnectionUri.parse(patient(kind, place.get().uri().orElseThrow()));
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            String namespace = "operations-" + UUID.randomUUID().toString().substring(0, 8);
            RandomOperations.run(
                    seed, new RealTimeCluster(cluster -> open(uri, namespace, cluster)), replay(kind, seed));
        }
    }

    /** Nodes begin all the time here, however busy the machine is. */
    private static String patient(StoreKind kind, String uri) {
        return kind == StoreKind.REDIS ? uri + "?connectTimeout=30s" : uri;
    }

    private static JobStore open(ConnectionUri uri, String namespace, Cluster cluster) {
        for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
            if (provider.schemes().contains(uri.scheme())) {
                return provider.open(
                        uri,
                        new StoreProvider.Surroundings(
                                cluster, namespace, cluster.options().timeline()));
            }
        }
        throw new IllegalArgumentException("No store for " + uri);
    }

    private static String replay(StoreKind kind, long seed) {
        return "mvn verify -pl integration-tests -am -Dit.test=RandomOperationsIT -Dfailsafe.failIfNoSpecifiedTests=false"
                + " -Dmuster.seeds=1 -Dmuster.seed=" + seed + " (" + kind + ")";
    }
}
