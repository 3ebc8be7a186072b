package io.muster.cli.demo;

import io.muster.cluster.Leader;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.Queue;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Kills the leader while it runs jobs itself: first stops it where it stands, then looks, then kills or lets it go on. */
final class LeaderKill {
    /** Time for what the frozen process had sent to arrive, so that the store shows what is held for good. */
    private static final Duration ARRIVAL = Duration.ofMillis(40);

    private static final int PAGE = 200;

    private final DemoCluster cluster;
    private final Queue queue;
    private final String queueName;
    private final Timeline timeline;

    /**
     * A leader that was killed.
     *
     * @param running jobs it ran
     * @param held these, and those that were assigned to it
     */
    record Killed(Leader leader, Set<String> running, Set<String> held, long atNanos) {}

    LeaderKill(DemoCluster cluster, Queue queue, String queueName, Timeline timeline) {
        this.cluster = cluster;
        this.queue = queue;
        this.queueName = queueName;
        this.timeline = timeline;
    }

    /** One try; empty if nobody led, or the leader ran nothing at that moment. */
    Optional<Killed> tryOnce() {
        Optional<Leader> found = queue.leader();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Leader leader = found.get();
        String node = leader.node().name();
        boolean frozen = true;
        cluster.freeze(node);
        try {
            timeline.await(new CompletableFuture<Void>(), Deadline.after(ARRIVAL, timeline.ticker()));
            if (held(leader, JobState.RUNNING).isEmpty() || !queue.leader().equals(found)) {
                return Optional.empty();
            }
            cluster.kill(node);
            frozen = false;
        } finally {
            if (frozen) {
                cluster.thaw(node);
            }
        }
        long atNanos = timeline.ticker().nanos();
        Set<String> running = held(leader, JobState.RUNNING);
        Set<String> held = new HashSet<>(running);
        held.addAll(held(leader, JobState.ASSIGNED));
        return Optional.of(new Killed(leader, running, held, atNanos));
    }

    private Set<String> held(Leader leader, JobState state) {
        Intake intake = queue.store().intake();
        Set<String> held = new HashSet<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = intake.list(queueName, state, from, PAGE);
            for (StoredJob job : page.jobs()) {
                if (job.holder().equals(Optional.of(leader.node().incarnation()))) {
                    held.add(job.id());
                }
            }
            from = page.next();
        } while (from.isPresent());
        return held;
    }
}
