package io.muster.cli.demo;

import io.muster.cluster.Leader;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Kills the leader while it runs jobs itself: first stops it where it stands, then looks, then kills or lets it go on. */
final class LeaderKill {
    /** Time for what the frozen process had sent to arrive, so that the store shows what is held for good. */
    private static final Duration ARRIVAL = Duration.ofMillis(40);

    private static final int PAGE = 200;

    private final Stage stage;

    /**
     * A leader that was killed.
     *
     * @param running jobs it ran
     * @param held these, and those that were assigned to it
     */
    record Killed(Leader leader, Set<String> running, Set<String> held, long atNanos) {}

    LeaderKill(Stage stage) {
        this.stage = stage;
    }

    /** One try; empty if nobody led, or the leader ran nothing at that moment. */
    Optional<Killed> tryOnce() {
        Optional<Leader> found = stage.queue().leader();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Leader leader = found.get();
        String node = leader.node().name();
        boolean frozen = true;
        stage.cluster().freeze(node);
        try {
            stage.pause(ARRIVAL);
            if (held(leader, JobState.RUNNING).isEmpty()
                    || !stage.queue().leader().equals(found)) {
                return Optional.empty();
            }
            stage.cluster().kill(node);
            frozen = false;
        } finally {
            if (frozen) {
                stage.cluster().thaw(node);
            }
        }
        long atNanos = stage.timeline().ticker().nanos();
        Set<String> running = held(leader, JobState.RUNNING);
        Set<String> held = new HashSet<>(running);
        held.addAll(held(leader, JobState.ASSIGNED));
        return Optional.of(new Killed(leader, running, held, atNanos));
    }

    private Set<String> held(Leader leader, JobState state) {
        Intake intake = stage.queue().store().intake();
        Set<String> held = new HashSet<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = intake.list(stage.queueName(), state, from, PAGE);
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
