package io.muster.queue.clusterstore;

import io.muster.cluster.Cluster;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import java.time.Duration;

/**
 * Keeps jobs in the coordinator itself: nothing else to run, and as durable as the coordinator. Meant for thousands of jobs, not
 * millions: payloads of at most 64 KiB and a bounded number of live jobs (100,000 unless {@code cluster:?most-jobs=N} says
 * otherwise); ids of completed jobs are remembered for a minute. Thread-safe.
 */
public final class ClusterStore implements JobStore {
    public static final int DEFAULT_MOST_JOBS = 100_000;

    private static final int MOST_PAYLOAD_BYTES = 64 * 1024;
    /** Room for the header of a document and for what else a transaction carries. */
    private static final int HEADER_BYTES = 8 * 1024;

    private final StoreCapabilities capabilities;
    private final ClusterIntake intake;
    private final ClusterLeaderDesk leader;
    private final ClusterNodeDesk nodes;
    private final ClusterScheduleDesk schedules;
    private final BatchDesk batches;
    private final LimitDesk limits;

    private ClusterStore(Coordinator coordinator, int mostJobs) {
        Capabilities backend = coordinator.capabilities();
        int largest = Math.min(backend.mostValueBytes(), backend.mostTransactionBytes()) - HEADER_BYTES;
        this.capabilities = new StoreCapabilities(
                "cluster",
                Math.min(MOST_PAYLOAD_BYTES, largest),
                ClusterIntake.mostPushBatch(backend),
                backend.mostTransactionBytes() - HEADER_BYTES,
                Tending.LONGEST_MEMORY,
                true,
                durability(backend));
        Incarnations incarnations = new Incarnations(coordinator);
        Batches batches = new Batches(coordinator);
        Burials burials = new Burials(coordinator, batches);
        HeldHere heldHere = new HeldHere();
        Assigner assigner = new Assigner(coordinator, incarnations, burials, heldHere);
        Tending tending = new Tending(coordinator, incarnations, burials);
        this.intake = new ClusterIntake(coordinator, capabilities, burials, batches, mostJobs);
        this.leader = new ClusterLeaderDesk(coordinator, incarnations, burials, batches, assigner, tending);
        this.nodes = new ClusterNodeDesk(coordinator, incarnations, burials, batches, assigner, tending, heldHere);
        this.schedules = new ClusterScheduleDesk(coordinator, capabilities, intake);
        this.batches = new ClusterBatchDesk(coordinator, batches, intake);
        this.limits = new ClusterLimitDesk(coordinator);
    }

    /** A store in the namespace of this cluster. */
    public static ClusterStore open(Cluster cluster, int mostJobs) {
        return new ClusterStore(new Coordinator(cluster), mostJobs);
    }

    /** A store on a backend alone; {@code callTimeout} bounds each of its calls to the coordinator. */
    public static ClusterStore open(Backend backend, Timeline timeline, Duration callTimeout, int mostJobs) {
        return new ClusterStore(new Coordinator(backend, timeline, callTimeout), mostJobs);
    }

    @Override
    public StoreCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return leader;
    }

    @Override
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public LimitDesk limits() {
        return limits;
    }

    @Override
    public ScheduleDesk schedules() {
        return schedules;
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    @Override
    public void close() {
        nodes.close();
    }

    private static String durability(Capabilities backend) {
        return switch (backend.fence()) {
            case STRICT -> "What " + backend.backend() + " acknowledged survives as its consensus and its disks do.";
            case BEST_EFFORT ->
                "What " + backend.backend()
                        + " acknowledged survives as its persistence is set; a failover may lose the latest writes.";
        };
    }
}
