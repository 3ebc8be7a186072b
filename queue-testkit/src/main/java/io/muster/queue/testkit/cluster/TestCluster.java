package io.muster.queue.testkit.cluster;

import io.muster.cluster.local.LocalCoordinator;
import io.muster.cluster.local.LocalFaults;
import io.muster.cluster.local.ManualNode;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.time.Deadline;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.QueueSettings;
import io.muster.queue.clusterstore.ClusterStore;
import io.muster.queue.job.Invocation;
import io.muster.queue.job.JobContext;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import io.muster.queue.testkit.store.FailingStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes in one JVM, each a real {@link Queue} with the application's handlers, on a coordinator and a store inside the process and on
 * time that passes only when the test says so.
 *
 * <pre>{@code
 * try (TestCluster cluster = TestCluster.of(3, queue -> queue.job(ShipOrder.class))) {
 *     String job = cluster.queue().push(new ShipOrder(7));
 *     cluster.leader().kill();
 *     cluster.advance(cluster.sessionTtl().multipliedBy(2));
 *     cluster.settle();
 *     cluster.assertCompleted(job);
 * }
 * }</pre>
 *
 * <p>One thing happens after another: the same test gives the same run, and waiting costs nothing. A handler that takes time says so by
 * {@link #spend}; a test can look and disturb in the middle of that. One that blocks in any other way blocks the test. Nothing runs outside
 * {@link #advance}, {@link #settle} and calls of a queue that wait. Handlers have threads of their own, but only one runs at any moment, so
 * that test and handlers need no locks between them. Jobs are in memory. To be used by the test's thread only.
 */
public final class TestCluster implements AutoCloseable {
    private static final MemoryOptions ROOM = new MemoryOptions(1_000_000);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int SHOWN = 20;
    /** The process whose handler runs on this thread. */
    private static final ThreadLocal<@Nullable ManualNode> HANDLING = new ThreadLocal<>();

    private static final int PAGE = 200;

    private final ManualTimeline timeline;
    private final LocalCoordinator coordinator;
    private final Consumer<QueueBuilder> application;
    private final String storeName = "test-cluster-" + UUID.randomUUID();
    private final boolean jobsInCoordinator;
    private final Map<String, TestNode> nodes = new HashMap<>();
    private final List<TestNode> inOrder = new ArrayList<>();
    private final Map<String, List<String>> runs = new HashMap<>();
    private final TestNode client;

    private TestCluster(
            ManualTimeline timeline, int size, Consumer<QueueBuilder> application, boolean jobsInCoordinator) {
        this.timeline = timeline;
        this.jobsInCoordinator = jobsInCoordinator;
        this.coordinator = LocalCoordinator.on(timeline);
        this.application = application;
        this.client = new TestNode("client", (name, process) -> open(name, process, QueueBuilder::connect));
        client.begin();
        for (int i = 1; i <= size; i++) {
            start("node-" + i);
        }
    }

    /**
     * So many nodes, named {@code node-1} and so on, of which one leads; {@code application} brings types, handlers, pools and settings to each. The
     * coordinator, the store, the node id and time are the cluster's, whatever it says of them.
     */
    public static TestCluster of(int nodes, Consumer<QueueBuilder> application) {
        return new TestCluster(ManualTimeline.ordered().withThreads(), nodes, application, false);
    }

    /** As {@link #of}; what happens at the same moment happens in an order chosen by {@code seed}, the same for the same seed. */
    public static TestCluster shuffled(long seed, int nodes, Consumer<QueueBuilder> application) {
        return new TestCluster(ManualTimeline.shuffled(seed).withThreads(), nodes, application, false);
    }

    /** As {@link #shuffled}, with the jobs in the coordinator. */
    public static TestCluster shuffledInCoordinator(long seed, int nodes, Consumer<QueueBuilder> application) {
        return new TestCluster(ManualTimeline.shuffled(seed).withThreads(), nodes, application, true);
    }

    /** A client, to push and to look; nothing disturbs it. */
    public Queue queue() {
        return client.queue();
    }

    /**
     * A node by its name.
     *
     * @throws IllegalArgumentException there is none of that name
     */
    public TestNode node(String name) {
        TestNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("No node \"" + name + "\"; there are "
                    + inOrder.stream().map(TestNode::name).collect(Collectors.joining(", ")));
        }
        return node;
    }

    /** All nodes, dead ones too, in the order of their first start. */
    public List<TestNode> nodes() {
        return List.copyOf(inOrder);
    }

    /** One more node. */
    public TestNode start(String name) {
        TestNode node = new TestNode(name, (own, process) -> open(own, process, QueueBuilder::start));
        if (nodes.putIfAbsent(name, node) != null) {
            throw new IllegalArgumentException("There is a node \"" + name + "\" already");
        }
        inOrder.add(node);
        node.begin();
        return node;
    }

    /** The node that leads at this moment, and trusts that. */
    public TestNode leader() {
        return inOrder.stream()
                .filter(TestNode::leads)
                .findFirst()
                .orElseThrow(() -> failed("No node leads at this moment; advance beyond the session TTL of "
                        + sessionTtl() + " to let one be elected."));
    }

    /** How long a silent node is believed in. */
    public Duration sessionTtl() {
        return queue().cluster().session().effectiveTtl();
    }

    /** The moment that it is in the cluster. */
    public Instant now() {
        return timeline.clock().instant();
    }

    /** Lets time pass for all nodes, and runs what becomes due. */
    public void advance(Duration duration) {
        timeline.advance(duration);
        checkLoops();
    }

    /**
     * Called by a handler instead of sleeping: it takes {@code duration} of its cluster's time, while all others go on. An interrupt ends it early.
     *
     * @throws InterruptedException the handler was interrupted: its time was up, its session lost or its node closed
     * @throws IllegalStateException not called by a handler that runs in a test cluster
     */
    public static void spend(Duration duration) throws InterruptedException {
        ManualNode process = HANDLING.get();
        if (process == null) {
            throw new IllegalStateException("Only a handler that runs in a TestCluster can spend its time");
        }
        process.await(new CompletableFuture<Void>(), Deadline.after(duration, process.ticker()));
        if (Thread.interrupted()) {
            throw new InterruptedException("The handler was interrupted before it had spent " + duration);
        }
    }

    /**
     * Lets time pass until no job is ready, assigned, running or due; delayed ones wait on, also those that are to be tried again later.
     *
     * @throws AssertionError that is not so within five minutes of the cluster's time; it says what is left and how the nodes are
     */
    public void settle() {
        settle(counts -> counts.ready() + counts.assigned() + counts.running(), PATIENCE);
    }

    /**
     * Lets time pass until every job has ended, delayed ones too, at most {@code atMost}.
     *
     * @throws AssertionError that is not so then
     */
    public void settleAll(Duration atMost) {
        settle(QueueCounts::live, atMost);
    }

    /** The nodes on which the job's handler was started, one per start, in order. */
    public List<String> runs(String jobId) {
        return List.copyOf(runs.getOrDefault(jobId, List.of()));
    }

    /** The job has completed. */
    public void assertCompleted(String jobId) {
        assertState(jobId, JobState.COMPLETED);
    }

    /** The job has failed for good, for a reason that contains these words. */
    public void assertFailed(String jobId, String... words) {
        assertState(jobId, JobState.FAILED);
        String reason = queue().find(jobId).flatMap(StoredJob::reason).orElse("");
        for (String word : words) {
            if (!reason.contains(word)) {
                throw failed("Expected job " + jobId + " to have failed with \"" + word + "\", but it did with \""
                        + reason + "\".");
            }
        }
    }

    /** The job is in this state now. */
    public void assertState(String jobId, JobState expected) {
        Optional<StoredJob> job = queue().find(jobId);
        if (job.map(StoredJob::state).filter(expected::equals).isEmpty()) {
            throw failed("Expected job " + jobId + " to be " + expected + ", but "
                    + job.map(this::told).orElse("there is no such job") + ".");
        }
    }

    /** Ends everything at once. Idempotent. */
    @Override
    public void close() {
        inOrder.forEach(TestNode::kill);
        client.kill();
        coordinator.close();
        timeline.endThreads();
    }

    private TestNode.Life open(String name, String process, Function<QueueBuilder, Queue> way) {
        ManualNode node = timeline.node(process);
        LocalFaults faults = new LocalFaults();
        AtomicReference<FailingStore> store = new AtomicReference<>();
        QueueBuilder builder = Queue.of(QueueSettings.DEFAULT);
        application.accept(builder);
        builder.settings(settings -> settings.withNodeId(name))
                .cluster(coordinator.config(faults))
                .timeline(node)
                .store(cluster -> {
                    FailingStore opened = new FailingStore(
                            jobsInCoordinator
                                    ? ClusterStore.open(cluster, ClusterStore.DEFAULT_MOST_JOBS)
                                    : MemoryStore.open(storeName, ROOM, node));
                    store.set(opened);
                    return opened;
                })
                .middleware(this::noteRun);
        Queue queue = way.apply(builder);
        return new TestNode.Life(node, faults, Objects.requireNonNull(store.get()), queue);
    }

    private void noteRun(Invocation invocation) throws Exception {
        JobContext context = invocation.context();
        runs.computeIfAbsent(context.jobId(), first -> new ArrayList<>()).add(context.node());
        HANDLING.set(node(context.node()).process());
        try {
            invocation.proceed();
        } finally {
            HANDLING.remove();
        }
    }

    private void settle(ToLongFunction<QueueCounts> left, Duration atMost) {
        JobStore.Intake store = queue().store().intake();
        Duration end = timeline.elapsed().plus(atMost);
        boolean settled;
        do {
            settled = timeline.runUntil(
                            () -> store.counts().stream().mapToLong(left).sum() == 0, end.minus(timeline.elapsed()))
                    && !someAreDue();
        } while (!settled && timeline.elapsed().compareTo(end) < 0 && timeline.runNext());
        if (!settled) {
            throw failed("Jobs are still under way after " + atMost + " of the cluster's time:\n" + underWay());
        }
        timeline.runUntilIdle();
        checkLoops();
    }

    /** Whether jobs are delayed whose time has come. */
    private boolean someAreDue() {
        return live(JobState.DELAYED)
                .anyMatch(job -> job.dueAt().filter(due -> !due.isAfter(now())).isPresent());
    }

    private Stream<StoredJob> live(JobState state) {
        JobStore.Intake store = queue().store().intake();
        return store.counts().stream().flatMap(counts -> live(store, counts.queue(), state).stream());
    }

    private static List<StoredJob> live(JobStore.Intake store, String queue, JobState state) {
        List<StoredJob> live = new ArrayList<>();
        Optional<String> from = Optional.empty();
        do {
            JobPage page = store.list(queue, state, from, PAGE);
            live.addAll(page.jobs());
            from = page.next();
        } while (from.isPresent());
        return live;
    }

    private String underWay() {
        return Stream.of(JobState.READY, JobState.ASSIGNED, JobState.RUNNING, JobState.DELAYED)
                .flatMap(this::live)
                .limit(SHOWN)
                .map(job -> "  " + job.id() + ": " + told(job))
                .collect(Collectors.joining("\n"));
    }

    private String told(StoredJob job) {
        StringBuilder line = new StringBuilder()
                .append(job.type())
                .append(" on \"")
                .append(job.queue())
                .append("\" is ")
                .append(job.state());
        job.dueAt().filter(due -> job.state() == JobState.DELAYED).ifPresent(due -> line.append(" until ")
                .append(due));
        job.reason().ifPresent(reason -> line.append(" (").append(reason).append(')'));
        return line.append(", ")
                .append(job.counters())
                .append(", ran on ")
                .append(runs(job.id()))
                .toString();
    }

    private void checkLoops() {
        List<Throwable> failures = timeline.failures();
        if (!failures.isEmpty()) {
            throw new AssertionError("A loop's task failed", failures.get(0));
        }
    }

    private AssertionError failed(String message) {
        return new AssertionError(message + "\nAt " + now() + ":\n"
                + inOrder.stream().map(node -> "  " + node).collect(Collectors.joining("\n")));
    }
}
