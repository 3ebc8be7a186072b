package io.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.job.Handler;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Nodes on one coordinator, which is their store too, in manual time; each handles {@link Count}. */
final class ManualCluster {
    final ManualTimeline timeline;
    final LocalCoordinator coordinator;
    final List<String> ran = new ArrayList<>();
    private final Map<String, ManualNode> processes = new LinkedHashMap<>();
    private final Map<String, LocalFaults> faults = new LinkedHashMap<>();
    private int lives;
    private int pushed;

    /** A job that does nothing. */
    record Count(int number) {}

    ManualCluster(long seed) {
        this.timeline = ManualTimeline.shuffled(seed);
        this.coordinator = LocalCoordinator.on(timeline);
    }

    Queue node(String name, PoolOptions... pools) {
        return node(name, builder -> builder, pools);
    }

    Queue node(String name, UnaryOperator<QueueBuilder> more, PoolOptions... pools) {
        return node(name, (job, context) -> ran.add(name), more, pools);
    }

    Queue node(String name, Handler<Count> handler, UnaryOperator<QueueBuilder> more, PoolOptions... pools) {
        QueueBuilder builder = builder(name).handle("count", Count.class, handler);
        List.of(pools).forEach(builder::pool);
        return more.apply(builder).start();
    }

    Queue client() {
        return builder("client").type("count", Count.class).connect();
    }

    private QueueBuilder builder(String name) {
        ManualNode process = timeline.node(name + "-" + lives++);
        LocalFaults fault = new LocalFaults();
        processes.put(name, process);
        faults.put(name, fault);
        return Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace", "workers",
                        "muster.session-ttl", "2s",
                        "muster.election-timeout", "1ms",
                        "muster.heartbeat-interval", "300ms",
                        "muster.node-id", name)))
                .cluster(coordinator.config(fault))
                .store("cluster:")
                .timeline(process);
    }

    /** Its process, to be paused, continued or killed. */
    ManualNode process(String name) {
        return Objects.requireNonNull(processes.get(name));
    }

    /** What stands between it and the coordinator. */
    LocalFaults faults(String name) {
        return Objects.requireNonNull(faults.get(name));
    }

    void push(Queue queue, int jobs) {
        for (int i = 0; i < jobs; i++) {
            queue.push(new Count(pushed++));
        }
    }

    QueueCounts counts(Queue queue) {
        return queue.size("default");
    }

    void within(Duration most, Queue looking, BooleanSupplier condition) {
        assertThat(timeline.runUntil(condition, most))
                .as(() -> "within " + most + ": " + looking.stats() + " " + looking.nodes())
                .isTrue();
    }

    void nothingFailedUnseen() {
        assertThat(timeline.failures()).isEmpty();
    }
}
