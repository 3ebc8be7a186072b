package io.muster.cli.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cli.console.CommandFailedException;
import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.IndexHandler;
import io.muster.examples.index.RunLog;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All nodes in this JVM. A kill is simulated: the node's handlers end without a result, and neither the coordinator nor the
 * store hears of it again.
 */
final class LocalCluster implements DemoCluster {
    private static final Duration LONGEST_FREEZE = Duration.ofSeconds(20);

    private final Scratch scratch;
    private final Timeline timeline;
    private final LocalCoordinator coordinator;
    private final QueueSettings settings;

    @GuardedBy("this")
    private final Map<String, Member> members = new LinkedHashMap<>();

    @GuardedBy("this")
    private boolean closed;

    /** A node and what can be done to it. */
    private static final class Member {
        private final Queue queue;
        private final LocalFaults faults;
        private final Gate gate;
        private final RunLog log;

        Member(Queue queue, LocalFaults faults, Gate gate, RunLog log) {
            this.queue = queue;
            this.faults = faults;
            this.gate = gate;
            this.log = log;
        }

        void close() {
            queue.close();
            log.close();
        }
    }

    LocalCluster(DemoPlan plan, int jobs, Scratch scratch, Timeline timeline) {
        this.scratch = scratch;
        this.timeline = timeline;
        this.coordinator = LocalCoordinator.on(timeline);
        this.settings = QueueSettings.of(Map.of(
                        "muster.namespace", scratch.name(),
                        "muster.store", plan.store().orElse("memory:?maxJobs=" + Math.max(jobs, 1)),
                        "muster.shutdown-grace", "2s"))
                .withWorkerCount(plan.concurrency());
    }

    @Override
    public String description() {
        return "a coordinator inside this process";
    }

    @Override
    public boolean outlives() {
        return false;
    }

    @Override
    public void start(String node) {
        LocalFaults faults = new LocalFaults();
        Gate gate = new Gate(timeline);
        RunLog log = RunLog.open(scratch.results(), node);
        IndexHandler handler = new IndexHandler(run -> {
            if (run.index() == null) {
                gate.requireWhole();
            } else {
                gate.pass();
            }
            log.ran(run);
        });
        Queue queue = Queue.of(settings.withNodeId(node))
                .cluster(coordinator.config(faults))
                .handle(IndexFile.TYPE, handler)
                .start();
        synchronized (this) {
            members.put(node, new Member(queue, faults, gate, log));
        }
    }

    @Override
    public QueueBuilder client() {
        return Queue.of(settings).cluster(coordinator.config(new LocalFaults()));
    }

    @Override
    public void freeze(String node) {
        member(node).gate.shut();
    }

    @Override
    public void thaw(String node) {
        member(node).gate.open();
    }

    @Override
    public void kill(String node) {
        Member member = member(node);
        member.faults.cut();
        member.queue.store().close();
        member.gate.breakDown();
    }

    @Override
    public String killing() {
        return "simulated";
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public void stop(List<String> nodes) {
        nodes.forEach(node -> member(node).close());
        synchronized (this) {
            members.keySet().removeAll(nodes);
        }
    }

    @Override
    public void close() {
        List<Member> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = new ArrayList<>(members.values());
        }
        // A crashed node cannot drain; nobody waits for its attempt to.
        left.forEach(member -> timeline.start("demo-close", member::close));
        coordinator.close();
    }

    private synchronized Member member(String node) {
        Member member = members.get(node);
        if (member == null) {
            throw new CommandFailedException("No node " + node + " was started");
        }
        return member;
    }

    /** Where the handlers of a node can be held, and from where they never return once it is broken. */
    private static final class Gate {
        private final Timeline timeline;

        @GuardedBy("this")
        private CompletableFuture<Void> opened = CompletableFuture.completedFuture(null);

        Gate(Timeline timeline) {
            this.timeline = timeline;
        }

        synchronized void shut() {
            opened = new CompletableFuture<>();
        }

        synchronized void open() {
            opened.complete(null);
        }

        synchronized void breakDown() {
            opened.completeExceptionally(new CommandFailedException("This node was killed"));
            opened = CompletableFuture.failedFuture(new CommandFailedException("This node was killed"));
        }

        /** What begins on a killed node leaves no trace. */
        synchronized void requireWhole() {
            if (opened.isCompletedExceptionally()) {
                opened.join();
            }
        }

        void pass() {
            CompletableFuture<Void> now;
            synchronized (this) {
                now = opened;
            }
            timeline.await(now, Deadline.after(LONGEST_FREEZE, timeline.ticker()));
            now.join();
        }
    }
}
