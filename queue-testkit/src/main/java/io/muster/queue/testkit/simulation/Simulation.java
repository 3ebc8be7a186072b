package io.muster.queue.testkit.simulation;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.JobStore;
import io.muster.queue.testkit.simulation.WatchedStore.Knowledge;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One seeded run: three nodes and a client on one coordinator and one store, jobs of all kinds dispatched all along, and for some seconds everything
 * goes wrong that can: processes die and hang at any call, are paused beyond their TTL, cut off, their sessions ended, their clocks set;
 * requests and replies to coordinator and store are lost, late and repeated, hints and watches silent; the coordinator stops for a while. Then all is
 * healed but for the store of one node, and every acknowledged job has to come to its end.
 */
public final class Simulation {
    static final Duration TTL = Duration.ofSeconds(2);
    /** How far a process's clock may be from the true time. */
    static final Duration CLOCKS_DIFFER = Duration.ofSeconds(3);

    private static final int NODES = 3;
    private static final int STEPS = 25;
    private static final int STEADY_STEPS = 6;
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(3);
    private static final Duration SLICE = Duration.ofMillis(500);
    private static final Duration BEFORE_A_TICK = Duration.ofSeconds(50);
    private static final MemoryOptions ROOM = new MemoryOptions(100_000);

    private final Random random;
    private final ManualTimeline timeline;
    private final LocalCoordinator coordinator;
    private final Home home;
    private final Knowledge knowledge;
    private final Plant plant;
    private final History history;
    private final Loop server;
    private final String storeName = "simulation-" + UUID.randomUUID();
    private final List<MemoryStore> handles = new ArrayList<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Workload workload;
    private final Network clientsNetwork;
    /** Until then a leader may trust in a session that was ended before its time. */
    private Duration shortestTrust = Duration.ZERO;

    /** Where the jobs of a run are. */
    public enum Home {
        /** In the coordinator. */
        CLUSTER_STORE,
        /** In a store of its own, with a network between it and each node. */
        SEPARATE;

        /** Half of the seeds each. */
        public static Home of(long seed) {
            return seed % 2 == 0 ? CLUSTER_STORE : SEPARATE;
        }
    }

    private Simulation(long seed, Home home, Plant plant) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.timeline = ManualTimeline.shuffled(seed);
        timeline.advance(BEFORE_A_TICK.plusMillis(random.nextInt(10_000)));
        this.coordinator = LocalCoordinator.on(timeline);
        this.home = home;
        this.plant = plant;
        this.server = timeline.loop("server");
        this.knowledge = home == Home.SEPARATE ? Knowledge.EXACT : Knowledge.PARTIAL;
        this.history = new History(
                () -> timeline.clock().instant(),
                home == Home.SEPARATE ? Duration.ZERO : CLOCKS_DIFFER.multipliedBy(2),
                knowledge);
        JobStore truth = truth();
        Network network = new Network(random, server, home, Network.Sender.UNDISTURBED);
        Queue client = open("client", timeline.node("client"), new LocalFaults(), network)
                .handle(type(), (work, context) -> {
                    throw new IllegalStateException("Clients run nothing");
                })
                .connect();
        this.workload = new Workload(client, truth, home, random, history);
        this.clientsNetwork = network;
    }

    /** Runs the seed in the home that is its. */
    public static History run(long seed) {
        return run(seed, Home.of(seed), Plant.NONE);
    }

    /** Runs the seed; {@code plant} may put bugs into it. */
    public static History run(long seed, Home home, Plant plant) {
        Simulation simulation = new Simulation(seed, home, plant);
        simulation.run();
        return simulation.history;
    }

    private void run() {
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(new SimulatedNode("n" + i, timeline, this::networkOf, random, history, this::start));
            }
            history.whenTermBegins(this::checkLeaders);
            nodes.forEach(SimulatedNode::begin);
            workload.schedule();
            clientsNetwork.is(Network.Trouble.UNRELIABLE);
            for (int step = 0; step < STEPS; step++) {
                workload.push();
                disturb();
                timeline.advance(Duration.ofMillis(50 + random.nextInt(600)));
                check();
            }
            recover();
        } catch (RuntimeException e) {
            history.violated("The run itself failed: " + e);
        } finally {
            timeline.failures().forEach(failure -> history.violated("A loop's task failed: " + failure));
            handles.forEach(MemoryStore::close);
            coordinator.close();
        }
    }

    private Network networkOf(Network.Sender process) {
        return new Network(random, server, home, process);
    }

    private void disturb() {
        SimulatedNode node = nodes.get(random.nextInt(NODES));
        SimulatedNode leader =
                nodes.stream().filter(SimulatedNode::leads).findFirst().orElse(node);
        switch (random.nextInt(14)) {
            case 0 -> node.kill();
            case 1 -> node.pause();
            case 2 -> leader.pause();
            case 3 -> node.resume();
            case 4 -> node.cut();
            case 5 -> node.heal();
            case 6 -> {
                leader.expire();
                shortestTrust = timeline.elapsed().plus(TTL);
            }
            case 7, 8 -> node.beginIfDead();
            case 9 -> node.loseStore();
            case 10 -> node.regainStore();
            case 11 -> node.silenceWatches();
            case 12 -> node.jumpClock();
            default -> stopCoordinator();
        }
    }

    private void stopCoordinator() {
        if (random.nextInt(3) == 0) {
            history.note("the coordinator stops");
            coordinator.stop();
            timeline.advance(Duration.ofMillis(200 + random.nextInt(3000)));
            coordinator.start();
            history.note("the coordinator is back");
        }
    }

    private void check() {
        checkLeaders();
        workload.check();
    }

    private void checkLeaders() {
        long leaders = nodes.stream().filter(SimulatedNode::leads).count();
        if (leaders > 1 && timeline.elapsed().compareTo(shortestTrust) > 0) {
            history.violated(leaders + " nodes trust at once that they lead");
        }
    }

    private void recover() {
        history.note("nodes are healed");
        nodes.forEach(SimulatedNode::makeSafe);
        nodes.forEach(SimulatedNode::beginIfDead);
        timeline.advance(TTL);
        nodes.forEach(SimulatedNode::makeSteady);
        for (int step = 0; step < STEADY_STEPS; step++) {
            workload.push();
            timeline.advance(Duration.ofMillis(50 + random.nextInt(400)));
            check();
        }
        history.note("all is healed");
        nodes.forEach(SimulatedNode::makeSafe);
        clientsNetwork.is(Network.Trouble.NONE);
        await();
        SimulatedNode withoutStore = nodes.get(random.nextInt(NODES));
        workload.push();
        timeline.advance(Duration.ofMillis(random.nextInt(60)));
        withoutStore.loseStore();
        await();
        workload.checkEnd();
    }

    /** Dead nodes begin anew: a job may kill them even when nothing else does. */
    private void await() {
        Duration end = timeline.elapsed().plus(LONGEST_RECOVERY);
        boolean ended = false;
        while (!ended && timeline.elapsed().compareTo(end) < 0) {
            nodes.forEach(SimulatedNode::beginIfDead);
            timeline.advance(SLICE);
            workload.check();
            ended = workload.allEnded();
        }
        if (!ended) {
            history.violated("Stuck: " + workload.unfinished());
        }
    }

    private static JobType<Work> type() {
        return new JobType<>("work", Work.class, JobOptions.DEFAULT.withMaxCrashes(100));
    }

    private Queue start(SimulatedNode node, ManualNode process, LocalFaults faults, Network network) {
        return open(node.name(), process, faults, network)
                .pool(PoolOptions.of("default").withConcurrency(2))
                .handle(type(), (work, context) -> work(node, process, work, context))
                .start();
    }

    private QueueBuilder open(String name, ManualNode process, LocalFaults faults, Network network) {
        return Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace",
                        "sim",
                        "muster.session-ttl",
                        TTL.toMillis() + "ms",
                        "muster.election-timeout",
                        "1ms",
                        "muster.node-id",
                        name)))
                .cluster(plant.coordinator(coordinator.config(faults)))
                .timeline(process)
                .store(cluster -> plant.client(network.before(
                        new WatchedStore(plant.server(store(cluster, process)), history, name, knowledge))));
    }

    private JobStore store(Cluster cluster, ManualNode process) {
        return home == Home.SEPARATE ? handle(process) : ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS);
    }

    private MemoryStore handle(Timeline process) {
        MemoryStore handle = MemoryStore.open(storeName, ROOM, process);
        handles.add(handle);
        return handle;
    }

    /** A way to the store that nothing disturbs but the coordinator's stops. */
    private JobStore truth() {
        if (home == Home.SEPARATE) {
            return handle(timeline);
        }
        ManualNode observer = timeline.node("observer");
        Cluster cluster = Cluster.open(
                coordinator.config(new LocalFaults()),
                ClusterOptions.named("sim").withTimeline(observer));
        return ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS);
    }

    private void work(SimulatedNode node, ManualNode process, Work work, JobContext context) {
        workload.started(node.name(), work, context.jobId());
        process.await(
                new CompletableFuture<Void>(), Deadline.after(Duration.ofMillis(work.lastsMillis()), process.ticker()));
        switch (work.end()) {
            case WELL -> {}
            case FAILED -> context.fail("told to");
            case POISON -> node.die();
            case RELEASED -> {
                if (context.attempt() < Work.TRIES) {
                    context.release(Duration.ofMillis(50L * work.lastsMillis()));
                }
            }
        }
    }
}
