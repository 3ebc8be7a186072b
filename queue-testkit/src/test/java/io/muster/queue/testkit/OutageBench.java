package io.muster.queue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.queue.NodeView;
import io.muster.queue.Queue;
import io.muster.queue.QueueSettings;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.testkit.store.FailingStore;
import io.muster.queue.worker.OnSessionLost;
import io.muster.queue.worker.PoolOptions;
import io.muster.queue.worker.PoolStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Nodes in manual time on one coordinator and one memory store beside it, so that either can fail alone. Handlers that wait run inside
 * one another, so what happens in between is looked at by {@link #at}.
 */
final class OutageBench {
    static final Duration TTL = Duration.ofSeconds(2);

    final ManualTimeline timeline = ManualTimeline.ordered();
    final LocalCoordinator coordinator = LocalCoordinator.on(timeline);
    final List<String> ran = new ArrayList<>();
    private final MemoryStore jobs = MemoryStore.open(new MemoryOptions(10_000), timeline);
    private final Loop script = timeline.loop("script");

    /** Lasts so long on the node {@code longOn}, no time elsewhere. */
    record Work(String name, String longOn, int millis) {}

    /** A process and what can go wrong with it. */
    final class Member {
        final String name;
        final ManualNode node;
        final LocalFaults faults = new LocalFaults();
        final FailingStore store = new FailingStore(jobs);
        private final OnSessionLost onSessionLost;
        private Queue queue;

        private Member(String name, OnSessionLost onSessionLost) {
            this.name = name;
            this.onSessionLost = onSessionLost;
            this.node = timeline.node(name);
            this.queue = open(PoolOptions.of("default").withConcurrency(2));
        }

        private Queue open(PoolOptions pool) {
            return Queue.of(QueueSettings.of(Map.of(
                                    "muster.namespace",
                                    "outage",
                                    "muster.session-ttl",
                                    TTL.toMillis() + "ms",
                                    "muster.election-timeout",
                                    "1ms",
                                    "muster.node-id",
                                    name))
                            .toBuilder()
                            .onSessionLost(onSessionLost)
                            .reclaimAfter(Duration.ofHours(2))
                            .build())
                    .cluster(coordinator.config(faults))
                    .timeline(node)
                    .store(cluster -> store)
                    .pool(pool)
                    .handle(
                            new JobType<>("work", Work.class, JobOptions.DEFAULT.withTimeout(Duration.ofHours(1))),
                            (work, context) -> {
                                ran.add(work.name() + "@" + name);
                                int millis = work.longOn().equals(name) ? work.millis() : 0;
                                node.await(
                                        new CompletableFuture<Void>(),
                                        Deadline.after(Duration.ofMillis(millis), node.ticker()));
                            })
                    .start();
        }

        Queue queue() {
            return queue;
        }

        /** Gone without a word. */
        void kill() {
            faults.cut();
            node.kill();
        }

        /** What the others see of its pool. */
        PoolStats.Status shownBy(Member other) {
            return other.queue.nodes().stream()
                    .filter(view -> view.node().id().name().equals(name))
                    .map(NodeView::pools)
                    .findFirst()
                    .orElseThrow()
                    .get(0)
                    .stats()
                    .status();
        }
    }

    Member member(String name) {
        return member(name, OnSessionLost.INTERRUPT);
    }

    Member member(String name, OnSessionLost onSessionLost) {
        return new Member(name, onSessionLost);
    }

    QueueCounts counts() {
        return jobs.intake().counts().get(0);
    }

    int crashes(String jobId) {
        return jobs.intake().find(jobId).orElseThrow().counters().crashes();
    }

    /** Looks at things, or does them, so long from now; what it finds wrong is told by {@link #end}. */
    void at(Duration when, Runnable step) {
        script.schedule(when, step);
    }

    /** Lets time pass and tells what failed meanwhile. */
    void end(Duration after) {
        timeline.advance(after);
        assertThat(timeline.failures()).isEmpty();
    }
}
