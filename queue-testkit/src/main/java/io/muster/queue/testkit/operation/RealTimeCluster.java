package io.muster.queue.testkit.operation;

import io.muster.cluster.Cluster;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.store.FailingStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Nodes in this process, on a coordinator in this process, on a store of any kind, in real time. */
public final class RealTimeCluster implements OperatedCluster {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(10);
    /** Never over. */
    private static final Duration DELAY = Duration.ofDays(1);

    private final LocalCoordinator coordinator = LocalCoordinator.on(SystemTimeline.instance());
    private final TaskRuns runs = new TaskRuns(() -> TimeUnit.MILLISECONDS.sleep(LOOK.toMillis()));
    private final String namespace =
            "operations-" + UUID.randomUUID().toString().substring(0, 8);
    private final Function<Cluster, JobStore> opening;
    private final Queue client;
    private final List<Life> nodes = new ArrayList<>();
    private final List<Life> dead = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private int lives;

    private record Life(Queue queue, LocalFaults faults, FailingStore store) {}

    /** Each node opens its store so. */
    public RealTimeCluster(Function<Cluster, JobStore> opening) {
        this.opening = opening;
        this.client = open(new LocalFaults(), opening, QueueBuilder::connect);
        for (int i = 0; i < NODES; i++) {
            nodes.add(begin());
        }
    }

    @Override
    public Queue client() {
        return client;
    }

    @Override
    public TaskRuns runs() {
        return runs;
    }

    @Override
    public Instant now() {
        return SystemTimeline.instance().clock().instant();
    }

    @Override
    public String disturb(Random random) {
        int which = random.nextInt(NODES);
        Life node = nodes.get(which);
        switch (random.nextInt(4)) {
            case 0 -> {
                lose(node);
                node.faults().cut();
                node.store().refuseAll();
                dead.add(node);
                nodes.set(which, begin());
                return "a node was cut off for good, another begun";
            }
            case 1 -> {
                lose(node);
                node.faults().expireSessions();
                return "a node lost its session";
            }
            case 2 -> {
                int replies = 1 + random.nextInt(3);
                node.store().loseReplies(replies);
                return "a node lost " + replies + " replies of the store";
            }
            default -> {
                int requests = 1 + random.nextInt(3);
                node.store().loseRequests(requests);
                return "a node lost " + requests + " requests to the store";
            }
        }
    }

    private void lose(Life node) {
        admitted(node.queue().cluster().self().name())
                .map(IncarnationRecord::incarnation)
                .forEach(lost::add);
    }

    private Stream<IncarnationRecord> admitted(String node) {
        return client.store().leader().incarnations().stream()
                .filter(incarnation -> incarnation.node().equals(node))
                .filter(incarnation -> incarnation.status() == IncarnationRecord.Status.ADMITTED);
    }

    @Override
    public boolean recovered() {
        boolean recovered = await(() -> client.store().leader().incarnations().stream()
                .filter(incarnation -> incarnation.status() != IncarnationRecord.Status.BURIED)
                .map(IncarnationRecord::incarnation)
                .noneMatch(lost::contains));
        lost.clear();
        return recovered;
    }

    @Override
    public Duration patienceWithDelays() {
        return DELAY;
    }

    /** No test has that much time. */
    @Override
    public void letPass(Duration duration) {}

    @Override
    public boolean await(BooleanSupplier condition) {
        try {
            Awaitility.await().atMost(PATIENCE).pollInterval(LOOK).until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.queue().close());
        dead.forEach(node -> node.queue().close());
        client.close();
        coordinator.close();
    }

    private Life begin() {
        LocalFaults faults = new LocalFaults();
        List<FailingStore> between = new ArrayList<>();
        Queue queue = open(
                faults,
                cluster -> {
                    between.add(new FailingStore(opening.apply(cluster)));
                    return between.get(0);
                },
                QueueBuilder::start);
        return new Life(queue, faults, between.get(0));
    }

    private Queue open(LocalFaults faults, Function<Cluster, JobStore> store, Function<QueueBuilder, Queue> way) {
        QueueSettings settings = QueueSettings.DEFAULT.toBuilder()
                .namespace(namespace)
                .nodeId("node-" + lives++)
                .sessionTtl(TTL)
                .shutdownGrace(LOOK)
                .build();
        return way.apply(OperatedCluster.application(Queue.of(settings), runs, this)
                .cluster(coordinator.config(faults))
                .store(store));
    }
}
