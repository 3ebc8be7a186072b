package io.muster.cluster.recipes;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.Capabilities;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A coordinator and processes around it, in one thread and in manual time. */
final class Cells {
    static final Duration TTL = Duration.ofSeconds(4);

    final ManualTimeline timeline;
    final LocalCoordinator coordinator;

    Cells() {
        this(ManualTimeline.ordered(), LocalConfig.DEFAULT_CAPABILITIES);
    }

    Cells(ManualTimeline timeline, Capabilities capabilities) {
        this.timeline = timeline;
        this.coordinator = new LocalCoordinator(timeline, capabilities);
    }

    static Capabilities withoutWriteTtl() {
        Capabilities all = LocalConfig.DEFAULT_CAPABILITIES;
        return new Capabilities(
                all.backend(),
                all.leastSessionTtl(),
                all.expirySlack(),
                all.minimumSessionLife(),
                all.fence(),
                false,
                all.snapshotLists(),
                all.mostOperations(),
                all.mostTransactionBytes(),
                all.mostValueBytes(),
                all.mostMessageBytes());
    }

    Cell open(String nodeId) {
        return open(nodeId, nodeId);
    }

    /** A process called {@code process} whose node id is {@code nodeId}. */
    Cell open(String process, String nodeId) {
        return new Cell(process, nodeId, backend -> backend);
    }

    /** A process between which and the coordinator something stands. */
    Cell open(String nodeId, UnaryOperator<Backend> between) {
        return new Cell(nodeId, nodeId, between);
    }

    void advance(Duration duration) {
        timeline.advance(duration);
    }

    /** Runs until it holds, and fails if it does not in time. Returns how long it took. */
    Duration until(BooleanSupplier condition, Duration atMost) {
        Duration begun = timeline.elapsed();
        if (!timeline.runUntil(condition, atMost)) {
            throw new AssertionError("Did not come true within " + atMost);
        }
        return timeline.elapsed().minus(begun);
    }

    /** One process. */
    final class Cell {
        final ManualNode process;
        final LocalFaults faults = new LocalFaults();
        final Cluster cluster;

        private Cell(String processName, String nodeId, UnaryOperator<Backend> between) {
            this.process = timeline.node(processName);
            ClusterOptions options = ClusterOptions.named("test")
                    .withNodeId(nodeId)
                    .withSessionTtl(TTL)
                    .withTimeline(process);
            BackendConfig direct = coordinator.config(faults);
            this.cluster =
                    Cluster.open((namespace, timeline) -> between.apply(direct.open(namespace, timeline)), options);
        }

        void kill() {
            faults.cut();
            process.kill();
        }
    }
}
