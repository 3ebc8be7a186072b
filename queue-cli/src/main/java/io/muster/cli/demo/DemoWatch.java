package io.muster.cli.demo;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.demo.LeaderKill.Killed;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.Queue;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.QueueCounts;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Follows the jobs until all are settled, and has the leader killed on the way. Progress is read from the nodes' notes; the
 * coordinator is asked twice a second, and more often only between the kill and the last reclaimed job. Used by one thread.
 */
final class DemoWatch {
    private static final Duration PACE = Duration.ofMillis(50);
    private static final Duration ASK_PACE = Duration.ofMillis(500);
    private static final Duration STUCK = Duration.ofSeconds(40);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration LONGEST_PER_JOB = Duration.ofMillis(100);
    private static final double KILL_AT = 0.3;

    private final DemoCluster cluster;
    private final Queue queue;
    private final String queueName;
    private final Leaders leaders;
    private final RunTail tail;
    private final Progress progress;
    private final Timeline timeline;
    private final int jobs;

    private Optional<Killed> killed = Optional.empty();
    private Optional<Duration> reclaimTime = Optional.empty();
    private List<IncarnationRecord> holders = List.of();
    private Optional<QueueCounts> counts = Optional.empty();
    private Deadline nextQuestion;
    private Deadline stuck;
    private int done;

    DemoWatch(
            DemoCluster cluster,
            Queue queue,
            String queueName,
            Leaders leaders,
            RunTail tail,
            Progress progress,
            Timeline timeline,
            int jobs) {
        this.cluster = cluster;
        this.queue = queue;
        this.queueName = queueName;
        this.leaders = leaders;
        this.tail = tail;
        this.progress = progress;
        this.timeline = timeline;
        this.jobs = jobs;
        this.nextQuestion = Deadline.after(Duration.ZERO, timeline.ticker());
        this.stuck = Deadline.after(STUCK, timeline.ticker());
    }

    /** Returns who was killed, once every job is settled and nothing is held by the dead. */
    Optional<Killed> untilSettled(DemoPlan.Kill kill) {
        LeaderKill leaderKill = new LeaderKill(cluster, queue, queueName, timeline);
        Deadline longest = Deadline.after(LONGEST.plus(LONGEST_PER_JOB.multipliedBy(jobs)), timeline.ticker());
        while (!settled() || !reclaimSeen()) {
            follow();
            if (kill == DemoPlan.Kill.LEADER && killed.isEmpty() && done >= jobs * KILL_AT && done < jobs) {
                killed = leaderKill.tryOnce();
                killed.ifPresent(this::sayKilled);
            }
            ask();
            progress.show(done, leading(), holders);
            complainIfStuck(longest);
            timeline.await(new CompletableFuture<Void>(), Deadline.after(PACE, timeline.ticker()));
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
            stuck = Deadline.after(STUCK, timeline.ticker());
        }
        done = now;
    }

    private void ask() {
        boolean urgent = !reclaimSeen();
        if (!urgent && !nextQuestion.expired() && done < jobs) {
            return;
        }
        holders = queue.store().leader().incarnations().stream()
                .sorted(Comparator.comparing(IncarnationRecord::node))
                .toList();
        if (urgent) {
            noteReclaim();
        }
        if (nextQuestion.expired() || done >= jobs) {
            nextQuestion = Deadline.after(ASK_PACE, timeline.ticker());
            counts = queue.store().intake().counts().stream()
                    .filter(one -> one.queue().equals(queueName))
                    .findFirst();
        }
    }

    private void noteReclaim() {
        Killed gone = killed.orElseThrow();
        boolean holds = holders.stream()
                .anyMatch(record ->
                        record.incarnation().equals(gone.leader().node().incarnation()) && record.held() > 0);
        if (!holds) {
            Duration since = Duration.ofNanos(timeline.ticker().nanos() - gone.atNanos());
            reclaimTime = Optional.of(since);
            progress.say("All of them are taken back after " + since.toMillis() + " ms");
        }
    }

    private void sayKilled(Killed gone) {
        progress.say("Killed the leader " + gone.leader().node().name() + " (" + cluster.killing() + ") at " + done
                + " of " + jobs + " jobs; it ran " + gone.running().size() + " and held "
                + gone.held().size());
    }

    private void complainIfStuck(Deadline longest) {
        cluster.trouble().ifPresent(trouble -> {
            throw new CommandFailedException(trouble);
        });
        if (stuck.expired() || longest.expired()) {
            throw new CommandFailedException("Stuck: " + done + " of " + jobs + " jobs have a result, "
                    + (stuck.expired() ? "and none came for " + STUCK.toSeconds() + " s" : "and the time is over")
                    + "; "
                    + leaders.latest().map(now -> now.node() + " led last").orElse("nobody ever led")
                    + ", the store says " + counts.map(QueueCounts::toString).orElse("nothing")
                    + ". Run it with --verbose, and look whether the coordinator is healthy.");
        }
    }
}
