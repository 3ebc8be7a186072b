package io.muster.queue.testkit.operation;

import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** What random operations are done to: some nodes, one store, a client that nothing disturbs. */
public interface OperatedCluster extends AutoCloseable {
    /** Queues that jobs are dispatched to. */
    List<String> QUEUES = List.of("a", "b", "c");
    /** Where callbacks go; never paused, never cleared. */
    String CALLBACKS = "callbacks";

    int NODES = 3;

    Queue client();

    TaskRuns runs();

    Instant now();

    /** Does something to a node that no job may notice, at a moment of its own choice, and undoes it. Answers what it was. */
    String disturb(Random random);

    /**
     * Waits until no job runs any more on a node that {@link #disturb} made the cluster lose; false if that does not come about. What such
     * a node held is ready for a moment until then, and would be paused or cleared as such.
     */
    boolean recovered();

    /** How much time a run may let pass for delays to end. */
    Duration patienceWithDelays();

    void letPass(Duration duration);

    /** Whether its store remembers ids of completed jobs longer than a run lasts: else what followed on a failure may follow on the next one again. */
    default boolean remembersIds() {
        return true;
    }

    /** Waits until it holds; answers whether it did within what is long enough for everything to end. */
    boolean await(BooleanSupplier condition);

    @Override
    void close();

    /** Types, pools and settings of its nodes. */
    static QueueBuilder application(QueueBuilder builder, TaskRuns runs, OperatedCluster cluster) {
        return builder.settings(OperatedCluster::patient)
                .handle(Task.type(), (task, context) -> runs.run(task, context, cluster.client()))
                .pool(PoolOptions.of("a", "b", "c", CALLBACKS).withConcurrency(4));
    }

    private static QueueSettings patient(QueueSettings settings) {
        return settings.toBuilder().reclaimAfter(Duration.ofHours(6)).build();
    }
}
