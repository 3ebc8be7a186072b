package io.muster.queue.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.ClusterException;
import io.muster.cluster.local.FaultPlan;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.schedule.ScheduleView;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever leads is killed, paused, cut off or stuck in the middle of a write just around a schedule's tick, and calls lose their requests and
 * replies; nobody works, so that every job that was pushed is still there to be counted.
 */
@Tag("S1")
class LeaderAtTheTickTest {
    private static final int SEEDS = Integer.getInteger("muster.seeds", Boolean.getBoolean("muster.full") ? 500 : 100);
    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String NAME = "each-minute";
    private static final int TICKS = 3;
    private static final int NODES = 3;

    @Test
    void eachTickFiresOnceWhateverBecomesOfTheLeader() {
        long first = Long.getLong("muster.seed", 1);
        int disturbed = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            disturbed += new Run(seed).run();
        }
        assertThat(disturbed).as("leaders disturbed at a tick").isGreaterThan(SEEDS);
    }

    /** One seed. */
    private static final class Run {
        private final long seed;
        private final Random random;
        private final ManualTimeline timeline;
        private final LocalCoordinator coordinator;
        private final List<Member> members = new ArrayList<>();
        private int lives;

        private final class Member {
            final ManualNode node = timeline.node("n" + lives++);
            final LocalFaults faults = new LocalFaults();
            final Queue queue = open(node, faults, true);
        }

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.timeline = ManualTimeline.shuffled(seed);
            this.coordinator = LocalCoordinator.on(timeline);
        }

        int run() {
            while (members.size() < NODES) {
                begin();
            }
            Queue client = open(timeline.node("client"), new LocalFaults(), false);
            ScheduleView registered = client.schedule(NAME)
                    .job(client.job(new Tick()).onQueue("ticks"))
                    .everyMinute()
                    .register();
            Instant first = registered.nextRun().orElseThrow();
            int disturbed = 0;
            for (int i = 0; i < TICKS; i++) {
                Instant tick = first.plus(MINUTE.multipliedBy(i));
                Duration before = Duration.ofMillis(random.nextInt(3000));
                timeline.advance(Duration.between(now(), tick).minus(before));
                disturbed += disturbLeaders();
                timeline.advance(before.plusMillis(random.nextInt(1500)));
                disturbed += disturbLeaders();
                timeline.advance(TTL.multipliedBy(2));
                members.forEach(member -> {
                    member.faults.plan(operation -> FaultPlan.Fault.NONE);
                    member.faults.heal();
                    member.node.resume();
                });
                while (members.size() < NODES) {
                    begin();
                }
            }
            Instant afterAll = first.plus(MINUTE.multipliedBy(TICKS - 1L)).plusSeconds(40);
            timeline.advance(Duration.between(now(), afterAll));
            check(client, first);
            return disturbed;
        }

        private void begin() {
            try {
                members.add(new Member());
            } catch (ClusterException e) {
                timeline.advance(TTL);
            }
        }

        private int disturbLeaders() {
            int disturbed = 0;
            for (Member member : List.copyOf(members)) {
                if (member.queue.leads()) {
                    disturb(member);
                    disturbed++;
                }
            }
            return disturbed;
        }

        private void disturb(Member leader) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    leader.faults.cut();
                    leader.node.kill();
                    members.remove(leader);
                }
                case 1 -> leader.node.pause();
                case 2 -> leader.faults.cut();
                case 3 -> leader.faults.plan(operation -> stuckInAWrite(leader, operation));
                default -> leader.faults.plan(operation -> lostNowAndThen());
            }
        }

        /** Longer than its session lasts: a successor fires meanwhile, and then the write arrives. */
        private FaultPlan.Fault stuckInAWrite(Member leader, FaultPlan.Operation operation) {
            if (operation == FaultPlan.Operation.COMMIT && random.nextInt(3) == 0) {
                leader.faults.plan(next -> FaultPlan.Fault.NONE);
                leader.node.stall(TTL.multipliedBy(3));
            }
            return FaultPlan.Fault.NONE;
        }

        private FaultPlan.Fault lostNowAndThen() {
            return switch (random.nextInt(4)) {
                case 0 -> FaultPlan.Fault.REPLY_LOST;
                case 1 -> FaultPlan.Fault.REQUEST_LOST;
                default -> FaultPlan.Fault.NONE;
            };
        }

        private void check(Queue client, Instant first) {
            List<String> jobs =
                    client.store().intake().list("ticks", JobState.READY, Optional.empty(), 100).jobs().stream()
                            .map(StoredJob::id)
                            .toList();
            assertThat(jobs)
                    .as("seed %d, replay with -Dmuster.seed=%d -Dmuster.seeds=1", seed, seed)
                    .hasSize(TICKS)
                    .doesNotHaveDuplicates()
                    .allMatch(id -> id.startsWith("schedule." + NAME + "."));
            ScheduleView view = client.schedules().find(NAME).orElseThrow();
            assertThat(view.lastRun()).as("seed %d", seed).contains(first.plus(MINUTE.multipliedBy(TICKS - 1L)));
            assertThat(view.nextRun()).as("seed %d", seed).contains(first.plus(MINUTE.multipliedBy(TICKS)));
            assertThat(timeline.failures()).as("seed %d", seed).isEmpty();
        }

        private Instant now() {
            return timeline.clock().instant();
        }

        private Queue open(ManualNode node, LocalFaults faults, boolean joins) {
            var builder = Queue.of(QueueSettings.of(Map.of(
                            "muster.namespace",
                            "ticks",
                            "muster.session-ttl",
                            TTL.toMillis() + "ms",
                            "muster.election-timeout",
                            "1ms",
                            "muster.node-id",
                            node.name())))
                    .cluster(coordinator.config(faults))
                    .timeline(node)
                    .store(cluster -> ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS));
            return joins ? builder.start() : builder.type("tick", Tick.class).connect();
        }
    }

    /** Known to the client alone: leaders have no class for it. */
    record Tick() {}
}
