package io.muster.cli.demo;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.demo.LeaderKill.Killed;
import io.muster.cli.demo.LeaderKill.Moment;
import io.muster.cluster.time.Deadline;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.QueueCounts;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Follows the jobs until all are settled, and has the leader killed on the way. Progress is read from the nodes' notes; the
 * coordinator is asked twice a second, and more often only between the kill and the last reclaimed job. Used by one thread.
 */
final class DemoWatch {
    private static final Duration PACE = Duration.ofMillis(50);
    private static final Duration ASK_PACE = Duration.ofMillis(500);
    private static final Duration HUNTING_PACE = Duration.ofMillis(10);
    private static final double KILL_AT = 0.3;
    private static final double LATE = 0.34;

    private final Stage stage;
    private final Leaders leaders;
    private final RunTail tail;
    private final Progress progress;
    private final int jobs;
    private final Patience patience;

    /**
     * When the demo is given up.
     *
     * @param stuck without a new result for so long
     * @param whole settled or not
     */
    record Patience(Duration stuck, Duration whole) {
        static Patience forJobs(int jobs) {
            return new Patience(Duration.ofSeconds(40), Duration.ofSeconds(60).plusMillis(100L * jobs));
        }
    }

    private Optional<Killed> killed = Optional.empty();
    private Optional<Duration> reclaimTime = Optional.empty();
    private List<IncarnationRecord> holders = List.of();
    private Optional<QueueCounts> counts = Optional.empty();
    private Deadline nextQuestion;
    private Deadline stuck;
    private int done;

    DemoWatch(Stage stage, Leaders leaders, RunTail tail, Progress progress, int jobs, Patience patience) {
        this.stage = stage;
        this.leaders = leaders;
        this.tail = tail;
        this.progress = progress;
        this.jobs = jobs;
        this.patience = patience;
        this.nextQuestion = stage.after(Duration.ZERO);
        this.stuck = stage.after(patience.stuck());
    }

    /** Returns who was killed, once every job is settled and nothing is held by the dead. */
    Optional<Killed> untilSettled(DemoPlan.Kill kill) {
        LeaderKill leaderKill = new LeaderKill(stage, tail);
        Deadline longest = stage.after(patience.whole());
        while (!settled() || !reclaimSeen()) {
            follow();
            boolean hunting = kill == DemoPlan.Kill.LEADER && killed.isEmpty() && done >= jobs * KILL_AT && done < jobs;
            if (hunting) {
                hunt(leaderKill);
            }
            ask();
            progress.show(done, leading(), holders);
            complainIfStuck(longest);
            stage.pause(hunting ? HUNTING_PACE : PACE);
        }
        return killed;
    }

    /** Jobs that the store counts as completed. */
    long completed() {
        return counts.map(QueueCounts::completed).orElse(0L);
    }

    /** Jobs that were held by the killed leader and were taken back. */
    int reclaimed() {
        return reclaimTime.isPresent() ? killed.map(gone -> gone.held().size()).orElse(0) : 0;
    }

    /** From the kill until the dead leader held nothing any more. */
    Optional<Duration> reclaimTime() {
        return reclaimTime;
    }

    /** Who leads, as far as was seen; a killed leader does not. */
    private Optional<Leaders.Seen> leading() {
        return leaders.latest().filter(seen -> killed.map(gone -> gone.leader().term() != seen.term())
                .orElse(true));
    }

    private boolean settled() {
        return counts.map(now -> now.live() == 0 && now.completed() + now.failed() >= jobs)
                .orElse(false);
    }

    private boolean reclaimSeen() {
        return killed.isEmpty() || reclaimTime.isPresent();
    }

    private void follow() {
        int now = tail.done();
        if (now > done) {
            stuck = stage.after(patience.stuck());
        }
        done = now;
    }

    private void ask() {
        boolean urgent = !reclaimSeen();
        if (!urgent && !nextQuestion.expired() && done < jobs) {
            return;
        }
        holders = stage.queue().store().leader().incarnations().stream()
                .sorted(Comparator.comparing(IncarnationRecord::node))
                .toList();
        if (urgent) {
            noteReclaim();
        }
        if (nextQuestion.expired() || done >= jobs) {
            nextQuestion = stage.after(ASK_PACE);
            counts = stage.queue().store().intake().counts().stream()
                    .filter(one -> one.queue().equals(stage.queueName()))
                    .findFirst();
        }
    }

    private void noteReclaim() {
        Killed gone = killed.orElseThrow();
        boolean holds = holders.stream()
                .anyMatch(record ->
                        record.incarnation().equals(gone.leader().node().incarnation()) && record.held() > 0);
        if (!holds) {
            Duration since = stage.since(gone.atNanos());
            reclaimTime = Optional.of(since);
            progress.say("All of them are taken back after " + since.toMillis() + " ms");
        }
    }

    /** Handlers are short, so it takes some tries to meet one; soon less will do. */
    private void hunt(LeaderKill leaderKill) {
        Moment moment = done < jobs * LATE ? Moment.IN_A_HANDLER : Moment.RUNNING;
        killed = leaders.latest().flatMap(leader -> leaderKill.tryOnce(leader, moment));
        killed.ifPresent(this::sayKilled);
    }

    private void sayKilled(Killed gone) {
        progress.say("Killed the leader " + gone.leader().node().name() + " ("
                + stage.cluster().killing() + ") at " + done + " of " + jobs + " jobs; it ran " + gone.running()
                + ", and " + (gone.held().size() - gone.running()) + " more were assigned to it");
    }

    private void complainIfStuck(Deadline longest) {
        stage.cluster().trouble().ifPresent(trouble -> {
            throw new CommandFailedException(trouble);
        });
        if (stuck.expired() || longest.expired()) {
            throw new CommandFailedException("Stuck: " + done + " of " + jobs + " jobs have a result, "
                    + (stuck.expired()
                            ? "and none came for " + patience.stuck().toSeconds() + " s"
                            : "and the time is over")
                    + "; "
                    + leaders.latest().map(now -> now.node() + " led last").orElse("nobody ever led")
                    + ", the store says " + counts.map(QueueCounts::toString).orElse("nothing")
                    + ". Run it with --verbose, and look whether the coordinator is healthy.");
        }
    }
}
