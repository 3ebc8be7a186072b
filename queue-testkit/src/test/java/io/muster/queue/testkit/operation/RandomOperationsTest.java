package io.muster.queue.testkit.operation;

import io.muster.queue.clusterstore.ClusterStore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random operations come to what a simple model says. {@code muster.seed} and {@code muster.seeds} say which seeds. */
@Tag("J5")
@Tag("W1")
@Tag("W2")
class RandomOperationsTest {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int SIMULATED = FULL ? 1_000 : 100;
    private static final int IN_COORDINATOR = FULL ? 300 : 10;
    private static final int IN_REAL_TIME = FULL ? 20 : 3;

    @Test
    void inSimulatedClusters() {
        seeds(SIMULATED)
                .forEach(seed -> RandomOperations.run(
                        seed, SimulatedCluster.inMemory(seed), replay("inSimulatedClusters", seed)));
    }

    @Test
    void inSimulatedClustersWithTheJobsInTheCoordinator() {
        seeds(IN_COORDINATOR)
                .forEach(seed -> RandomOperations.run(
                        seed,
                        SimulatedCluster.inCoordinator(seed),
                        replay("inSimulatedClustersWithTheJobsInTheCoordinator", seed)));
    }

    @Test
    void inTheClusterStore() {
        seeds(IN_REAL_TIME)
                .forEach(seed -> RandomOperations.run(
                        seed,
                        new RealTimeCluster(cluster -> ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS)),
                        replay("inTheClusterStore", seed)));
    }

    private static LongStream seeds(int most) {
        long first = Long.getLong("muster.seed", 1);
        return LongStream.range(first, first + Integer.getInteger("muster.seeds", most));
    }

    private static String replay(String test, long seed) {
        return "mvn verify -pl queue-testkit -am -Dtest=RandomOperationsTest#" + test
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dmuster.seed=" + seed + " -Dmuster.seeds=1";
    }
}
