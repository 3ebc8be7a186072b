package io.muster.queue.testkit.operation;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.testkit.cluster.TestCluster;
import io.muster.queue.testkit.cluster.TestNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A {@link TestCluster}: manual time, and nodes that can be killed, paused and cut off at any moment. */
public final class SimulatedCluster implements OperatedCluster {
    private static final Duration STEP = Duration.ofMillis(200);
    private static final Duration DELAY = Duration.ofMinutes(2);
    private static final int MOST_STEPS = 3_000;

    private final TaskRuns runs = new TaskRuns(() -> TestCluster.spend(STEP));
    private final boolean remembersIds;
    private final TestCluster cluster;

    private SimulatedCluster(boolean remembersIds, Opening opening) {
        this.remembersIds = remembersIds;
        cluster = opening.open(NODES, builder -> OperatedCluster.application(builder, runs, this));
    }

    private interface Opening {
        TestCluster open(int nodes, Consumer<QueueBuilder> application);
    }

    /** On the memory store, with everything that is left to chance drawn from this seed. */
    public static SimulatedCluster inMemory(long seed) {
        return new SimulatedCluster(true, (nodes, application) -> TestCluster.shuffled(seed, nodes, application));
    }

    /** As {@link #inMemory}, with the jobs in the coordinator. */
    public static SimulatedCluster inCoordinator(long seed) {
        return new SimulatedCluster(
                false, (nodes, application) -> TestCluster.shuffledInCoordinator(seed, nodes, application));
    }

    @Override
    public Queue client() {
        return cluster.queue();
    }

    @Override
    public TaskRuns runs() {
        return runs;
    }

    @Override
    public Instant now() {
        return cluster.now();
    }

    @Override
    public String disturb(Random random) {
        cluster.advance(Duration.ofMillis(random.nextInt(40)));
        TestNode node = cluster.nodes().get(random.nextInt(NODES));
        Duration longer = cluster.sessionTtl().multipliedBy(2);
        switch (random.nextInt(5)) {
            case 0 -> {
                node.kill();
                cluster.advance(Duration.ofMillis(random.nextInt(5_000)));
                node.restart();
                return node.name() + " was killed and begun anew";
            }
            case 1 -> {
                node.pause();
                cluster.advance(longer);
                node.resume();
                return node.name() + " was paused beyond its session";
            }
            case 2 -> {
                node.cutOff();
                cluster.advance(longer);
                node.heal();
                return node.name() + " was cut off the coordinator";
            }
            case 3 -> {
                node.cutOffStore();
                cluster.advance(longer);
                node.heal();
                return node.name() + " was cut off the store";
            }
            default -> {
                node.loseSession();
                return node.name() + " lost its session";
            }
        }
    }

    @Override
    public boolean recovered() {
        cluster.advance(cluster.sessionTtl().multipliedBy(3));
        return true;
    }

    @Override
    public Duration patienceWithDelays() {
        return DELAY;
    }

    @Override
    public boolean remembersIds() {
        return remembersIds;
    }

    @Override
    public void letPass(Duration duration) {
        cluster.advance(duration);
    }

    @Override
    public boolean await(BooleanSupplier condition) {
        for (int step = 0; step < MOST_STEPS && !condition.getAsBoolean(); step++) {
            cluster.advance(STEP);
        }
        return condition.getAsBoolean();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
