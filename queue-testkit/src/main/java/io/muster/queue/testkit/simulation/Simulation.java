package io.muster.queue.testkit.simulation;

import io.muster.cluster.ClusterException;
import io.muster.cluster.local.FaultPlan;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.queue.Queue;
import io.muster.queue.QueueException;
import io.muster.queue.QueueSettings;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.testkit.store.FailingStore;
import io.muster.queue.worker.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * One seeded run: three nodes and a client on one coordinator, jobs pushed all along, and for some seconds everything goes wrong that can:
 * nodes are killed and begun anew, paused beyond their TTL, cut off, their sessions ended, the store silent to one of them; requests and replies are lost;
 * the coordinator stops for a while. Then all is healed but for the store of one node, and every acknowledged job has to come to its end.
 */
public final class Simulation {
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final int NODES = 3;
    private static final int STEPS = 25;
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(3);

    private final Random random;
    private final ManualTimeline timeline;
    private final LocalCoordinator coordinator;
    private final UnaryOperator<JobStore> change;
    private final History history;
    private final List<SimulatedNode> processes = new ArrayList<>();
    private boolean disturbing = true;

    /** A job of the simulation. */
    public record Work(int number, int lastsMillis) {}

    private Simulation(long seed, UnaryOperator<JobStore> change) {
        this.random = new Random(seed);
        this.timeline = ManualTimeline.shuffled(seed);
        this.coordinator = LocalCoordinator.on(timeline);
        this.change = change;
        this.history = new History(timeline::elapsed);
    }

    /** Runs the seed; {@code change} may plant a fault into every node's store. */
    public static History run(long seed, UnaryOperator<JobStore> change) {
        Simulation simulation = new Simulation(seed, change);
        simulation.run();
        return simulation.history;
    }

    private void run() {
        try {
            for (int i = 0; i < NODES; i++) {
                processes.add(new SimulatedNode("n" + i));
            }
            processes.forEach(SimulatedNode::begin);
            Client client = new Client();
            for (int step = 0; step < STEPS; step++) {
                client.push();
                disturb();
                timeline.advance(Duration.ofMillis(50 + random.nextInt(600)));
            }
            recover();
            processes.get(random.nextInt(NODES)).loseStoreAtWork(client);
            check(client);
            processes.forEach(SimulatedNode::regainStore);
        } catch (RuntimeException e) {
            history.violated("The run itself failed: " + e);
        }
        timeline.failures().forEach(failure -> history.violated("A loop's task failed: " + failure));
    }

    private void disturb() {
        SimulatedNode process = processes.get(random.nextInt(processes.size()));
        switch (random.nextInt(10)) {
            case 0 -> process.kill();
            case 1 -> process.pause();
            case 2 -> process.resume();
            case 3 -> process.cut();
            case 4 -> process.heal();
            case 5 -> process.expire();
            case 6 -> process.beginIfDead();
            case 7 -> process.loseStore();
            case 8 -> process.regainStore();
            default -> stopCoordinator();
        }
    }

    private void stopCoordinator() {
        if (random.nextInt(3) == 0) {
            history.note("coordinator stops");
            coordinator.stop();
            timeline.advance(Duration.ofMillis(200 + random.nextInt(3000)));
            coordinator.start();
            history.note("coordinator is back");
        }
    }

    private void recover() {
        disturbing = false;
        for (SimulatedNode process : processes) {
            process.resume();
            process.heal();
            process.regainStore();
            process.beginIfDead();
        }
        history.note("all healed");
    }

    private void check(Client client) {
        boolean ended = timeline.runUntil(client::allEnded, LONGEST_RECOVERY);
        if (!ended) {
            history.violated("Stuck: " + client.unfinished());
        }
        for (String id : history.acknowledged()) {
            JobState state = client.state(id);
            boolean forgotten = state == JobState.DISCARDED && history.hasEnded(id);
            if (ended && !forgotten && state != JobState.COMPLETED && state != JobState.FAILED) {
                history.violated("Job " + id + " was acknowledged and is lost: " + state);
            }
        }
    }

    private Queue open(
            String name, ManualNode node, LocalFaults faults, UnaryOperator<JobStore> between, boolean works) {
        var builder = Queue.of(QueueSettings.of(Map.of(
                        "muster.namespace",
                        "sim",
                        "muster.session-ttl",
                        TTL.toMillis() + "ms",
                        "muster.election-timeout",
                        "1ms",
                        "muster.node-id",
                        name)))
                .cluster(coordinator.config(faults))
                .timeline(node)
                .store(cluster -> new WatchedStore(
                        change.apply(between.apply(ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS))),
                        history,
                        name));
        JobType<Work> type = new JobType<>(
                "work", Work.class, JobOptions.DEFAULT.withTries(0).withMaxCrashes(100));
        if (!works) {
            return builder.type("work", Work.class).connect();
        }
        return builder.pool(PoolOptions.of("default").withConcurrency(2))
                .handle(type, (work, context) -> work(node, work, context))
                .start();
    }

    private void work(ManualNode node, Work work, JobContext context) {
        history.started(context.jobId());
        node.await(new CompletableFuture<Void>(), Deadline.after(Duration.ofMillis(work.lastsMillis()), node.ticker()));
    }

    /** A node's process over its lives. */
    private final class SimulatedNode {
        private final String name;
        private int life;
        private ManualNode node;
        private LocalFaults faults = new LocalFaults();
        private boolean alive;
        private Optional<Queue> queue = Optional.empty();
        private Optional<FailingStore> between = Optional.empty();

        SimulatedNode(String name) {
            this.name = name;
            this.node = timeline.node(name + "-0");
        }

        void begin() {
            life++;
            node = timeline.node(name + "-" + life);
            faults = new LocalFaults();
            history.note(name + " begins life " + life);
            queue = Optional.empty();
            try {
                queue = Optional.of(open(name, node, faults, this::between, true));
                faults.plan(operation -> disturbing ? fault(operation) : FaultPlan.Fault.NONE);
                alive = true;
            } catch (ClusterException e) {
                history.note(name + " could not begin: " + e.getMessage());
                node.kill();
            }
        }

        void beginIfDead() {
            while (!alive) {
                begin();
                if (!alive) {
                    timeline.advance(TTL);
                }
            }
        }

        void kill() {
            if (alive) {
                history.note(name + " is killed");
                alive = false;
                faults.cut();
                node.kill();
            }
        }

        void pause() {
            if (alive) {
                history.note(name + " is paused");
                node.pause();
            }
        }

        void resume() {
            if (alive && node.isPaused()) {
                history.note(name + " goes on");
                node.resume();
            }
        }

        void cut() {
            history.note(name + " is cut off");
            faults.cut();
        }

        void heal() {
            if (alive) {
                faults.heal();
            }
        }

        /** The store goes silent to this node, the coordinator does not. */
        void loseStore() {
            if (alive) {
                history.note(name + " loses the store");
                between.ifPresent(FailingStore::refuseAll);
            }
        }

        /** For good: what it holds has to end elsewhere. */
        void loseStoreAtWork(Client client) {
            timeline.runUntil(client::allEnded, LONGEST_RECOVERY);
            client.push();
            timeline.advance(Duration.ofMillis(random.nextInt(20)));
            loseStore();
        }

        void regainStore() {
            if (alive) {
                between.ifPresent(FailingStore::heal);
            }
        }

        private JobStore between(JobStore store) {
            FailingStore failing = new FailingStore(store);
            between = Optional.of(failing);
            return failing;
        }

        void expire() {
            if (alive) {
                history.note(name + "'s session is ended");
                faults.expireSessions();
            }
        }

        /** Hangs only before a commit, so that what a call wrote it wrote just before it returned; leaders hang more often. */
        private FaultPlan.Fault fault(FaultPlan.Operation operation) {
            int rarity = queue.map(Queue::leads).orElse(false) ? 30 : 120;
            if (operation == FaultPlan.Operation.COMMIT && random.nextInt(rarity) == 0) {
                history.note(name + " hangs in the middle of a call");
                node.stall(TTL.multipliedBy(2));
            }
            return switch (random.nextInt(120)) {
                case 0 -> FaultPlan.Fault.REPLY_LOST;
                case 1 -> FaultPlan.Fault.REQUEST_LOST;
                case 2 -> FaultPlan.Fault.UNREACHABLE;
                default -> FaultPlan.Fault.NONE;
            };
        }
    }

    /** Who pushes and looks, undisturbed but for the coordinator. */
    private final class Client {
        private final ManualNode node = timeline.node("client");
        private final Queue queue = open("client", node, new LocalFaults(), UnaryOperator.identity(), false);
        private int number;

        void push() {
            int jobs = random.nextInt(4);
            for (int i = 0; i < jobs; i++) {
                try {
                    history.acknowledged(queue.push(new Work(number++, random.nextInt(120))));
                } catch (QueueException e) {
                    history.note("a push failed: " + e.getMessage());
                }
            }
        }

        boolean allEnded() {
            return queue.store().intake().counts().stream()
                            .mapToLong(QueueCounts::live)
                            .sum()
                    == 0;
        }

        String unfinished() {
            return queue.store().intake().counts() + " "
                    + queue.store().leader().incarnations();
        }

        JobState state(String id) {
            return queue.find(id).map(job -> job.state()).orElse(JobState.DISCARDED);
        }
    }
}
