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
    private final RunTail tail;

    /** What the leader must be doing to be killed. */
    enum Moment {
        /** A handler has begun and not ended. */
        IN_A_HANDLER,
        /** The store says that it runs jobs: between taking and beginning, or between ending and settling. */
        RUNNING
    }

    /**
     * A leader that was killed.
     *
     * @param running jobs that it ran
     * @param held these, and those that were assigned to it
     */
    record Killed(Leader leader, int running, Set<String> held, long atNanos) {}

    LeaderKill(Stage stage, RunTail tail) {
        this.stage = stage;
        this.tail = tail;
    }

    /** One try to kill who was seen to lead; empty if it does not lead, or was not doing what it must at that moment. */
    Optional<Killed> tryOnce(Leaders.Seen seen, Moment moment) {
        boolean frozen = true;
        stage.cluster().freeze(seen.node());
        Optional<Leader> found;
        try {
            found = caught(seen, moment);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            stage.cluster().kill(seen.node());
            frozen = false;
        } finally {
            if (frozen) {
                stage.cluster().thaw(seen.node());
            }
        }
        Leader leader = found.get();
        long atNanos = stage.timeline().ticker().nanos();
        Set<String> running = held(leader, JobState.RUNNING);
        Set<String> held = new HashSet<>(running);
        held.addAll(held(leader, JobState.ASSIGNED));
        return Optional.of(new Killed(leader, running.size(), held, atNanos));
    }

    /** The leader, if the frozen node is it and is doing what it must. */
    private Optional<Leader> caught(Leaders.Seen seen, Moment moment) {
        tail.done();
        Set<String> begun = tail.begunOn(seen.node());
        if (moment == Moment.IN_A_HANDLER && begun.isEmpty()) {
            return Optional.empty();
        }
        stage.pause(ARRIVAL);
        return stage.queue()
                .leader()
                .filter(leader -> leader.term() == seen.term())
                .filter(leader -> {
                    Set<String> running = held(leader, JobState.RUNNING);
                    return moment == Moment.IN_A_HANDLER
                            ? running.stream().anyMatch(begun::contains)
                            : !running.isEmpty();
                });
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
