package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.Leader;
import io.muster.cluster.Subscription;
import io.muster.queue.closure.Closures;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.explain.Explanation;
import io.muster.queue.failed.FailedJobs;
import io.muster.queue.health.JobTotals;
import io.muster.queue.health.QueueHealth;
import io.muster.queue.health.Watchman;
import io.muster.queue.job.Job;
import io.muster.queue.job.JobTypes;
import io.muster.queue.node.Orders;
import io.muster.queue.schedule.ScheduleBuilder;
import io.muster.queue.schedule.Schedules;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.CallerRun;
import io.muster.queue.worker.FailureTeller;
import io.muster.queue.worker.PoolListener;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The entry point: a process's part in a clustered job queue.
 *
 * <pre>{@code
 * try (Queue queue = Queue.named("shop")
 *         .cluster("etcd://localhost:2379")
 *         .handle("send-mail", SendMail.class, (mail, context) -> mailer.send(mail))
 *         .start()) {
 *     queue.push(new SendMail("ada@example.org"));
 * }
 * }</pre>
 *
 * <p>Jobs run at least once, on any node that handles their type and serves their queue. An acknowledged push is not lost as long
 * as the store keeps its own promise. Thread-safe.
 */
public final class Queue implements AutoCloseable {
    /** The group of all queues that no other group has. */
    public static final String GROUP = QueueGroups.DEFAULT;

    private final QueueSettings settings;
    private final String connection;
    private final JobTypes types;
    private final Cluster cluster;
    private final JobStore store;
    private final StoredQueues queues;
    private final Outlet outlet;
    private final Dispatcher dispatcher;
    private final Schedules schedules;
    private final WorkflowDesk workflows;
    private final FailedJobs failed;
    private final Events events;
    private final Closures closures;
    private final Optional<Membership> member;
    private final ClusterSight sight;
    private final Explainer explainer;
    private final Operations operations;

    private Queue(QueueBuilder builder, Cluster cluster, JobStore store) {
        this.settings = builder.settings();
        this.connection = builder.connection();
        this.cluster = cluster;
        this.store = store;
        this.queues = new StoredQueues(store.intake());
        JobTypes types = builder.types(Optional.of(cluster), Optional.of(store.limits()));
        this.types = types;
        CallerRun caller = new CallerRun(
                types,
                cluster.options().nodeId(),
                builder.timeline(),
                new WorkerEvents(builder.connection(), builder.events()));
        this.outlet = builder.outlet(
                types, caller, new Pusher(store, types, builder.timeline(), builder.connection(), builder.events()));
        this.dispatcher = Dispatcher.of(builder, builder.place(Outgoing.DEFAULT_QUEUE, outlet), types, caller);
        this.workflows = workflows(dispatcher, builder, types);
        types.supplies().workflows().bind(workflows);
        this.events = builder.events();
        this.closures = builder.closures();
        this.failed =
                new FailedJobs(builder.connection(), store, builder.timeline().clock());
        this.schedules = schedules(dispatcher);
        this.member = builder.role() == QueueBuilder.Role.NODE
                ? Optional.of(new Membership(builder, cluster, store, types))
                : Optional.empty();
        Orders orders = new Orders(cluster);
        this.operations = new Operations(
                cluster,
                store,
                orders,
                settings.nodeId().orElse(cluster.options().nodeId()));
        this.sight = new ClusterSight(settings, cluster, store, this::pools, orders);
        this.explainer = new Explainer(settings, connection, cluster, store, types, orders, sight, this::running);
    }

    /** Begins a queue in the namespace {@code namespace}, on a local coordinator unless told otherwise. */
    public static QueueBuilder named(String namespace) {
        return of(QueueSettings.DEFAULT.withNamespace(namespace));
    }

    /** Begins a queue with these settings. */
    public static QueueBuilder of(QueueSettings settings) {
        return new QueueBuilder(settings);
    }

    static Queue open(QueueBuilder builder) {
        builder.commits(); // refuses
        builder.types(); // refuses what is wrong before anything is opened
        if (builder.role() == QueueBuilder.Role.NODE) {
            builder.checkTimeouts();
        }
        Cluster cluster = ClusterOpening.open(builder);
        Queue queue = new Queue(builder.withEventsAnew(), cluster, StoreOpening.open(builder, cluster));
        try {
            queue.member.ifPresent(Membership::start);
            return queue;
        } catch (RuntimeException e) {
            queue.abandon();
            throw e;
        }
    }

    /**
     * Pushes a job to the queue that it or its type names, else to the default queue; answers its id, or if it is the duplicate of a unique
     * job the id of that. Q4, J5
     */
    public String push(Object job) {
        return queued(job).dispatch().liveJobId();
    }

    /** As {@link #push}, to a queue. Q4 */
    public String pushOn(String queue, Object job) {
        return queued(job).onQueue(queue).dispatch().liveJobId();
    }

    /** As {@link #push}, to run once {@code delay} has passed. Q4 */
    public String later(Duration delay, Object job) {
        return queued(job).delay(delay).dispatch().liveJobId();
    }

    /** As {@link #push}, to a queue, to run once {@code delay} has passed. Q4 */
    public String laterOn(String queue, Duration delay, Object job) {
        return queued(job).onQueue(queue).delay(delay).dispatch().liveJobId();
    }

    /**
     * Pushes many jobs, in chunks that are applied all or nothing; answers their ids in order, as {@link #push} does. If it throws, any of the
     * chunks may be pushed, also such behind the one that failed. Q4
     */
    public List<String> bulk(String queue, List<?> jobs) {
        return dispatcher.bulk(
                jobs.stream().map(job -> queued(job).onQueue(queue).outgoing()).toList());
    }

    /** Pushes jobs as they are, payloads untouched. Q4 */
    public List<PushOutcome> pushRaw(List<NewJob> jobs) {
        return outlet.bulk(jobs);
    }

    /**
     * A job with options of its own, to be dispatched. J3
     *
     * @throws io.muster.queue.job.PayloadException its class is not registered
     */
    public Dispatch job(Object job) {
        return dispatcher.job(job);
    }

    /**
     * Jobs that run one after another: job objects, {@link Dispatch}es with options of their own, and batches. W1
     *
     * @throws IllegalArgumentException there is none
     */
    public Chain chain(Object... jobs) {
        return new Chain(workflows, List.of(jobs));
    }

    /** Begins a batch; the name is for people. W2 */
    public BatchBuilder batch(String name) {
        return new BatchBuilder(workflows, name);
    }

    /** All batches: to look at, to cancel, to retry, to prune. W4, W5 */
    public Batches batches() {
        return new Batches(store, workflows);
    }

    /** Runs a closure when this thread's {@link UnitOfWork} closes, as {@link Dispatch#dispatchAfterResponse}. J3 */
    public void afterResponse(Job closure) {
        job(closure).dispatchAfterResponse();
    }

    /** Calls of registered code, as jobs: {@code queue.push(queue.closures().of(Reports::rebuild, 2026))}. J7 */
    public Closures closures() {
        return closures;
    }

    /**
     * Begins a schedule: a job that the leader pushes at times, until it is removed.
     *
     * <pre>{@code
     * queue.schedule("nightly-report").job(new Report()).dailyAt("13:00").zone("Europe/Berlin").register();
     * }</pre>
     *
     * @throws IllegalArgumentException a name has 1 to 60 characters of {@code A-Z a-z 0-9 . _ ~ -}
     */
    public ScheduleBuilder schedule(String name) {
        return schedules.schedule(name);
    }

    /** All schedules: to list, pause, resume, remove and run now. S2 */
    public Schedules schedules() {
        return schedules;
    }

    /** What runs on this node at this moment; nothing on a client. J8 */
    public List<RunningJob> running() {
        return member.map(Membership::runningJobs).orElse(List.of());
    }

    /** The job as the store has it. */
    public Optional<StoredJob> find(String jobId) {
        return store.intake().find(jobId);
    }

    /**
     * Why a job is not running, or what became of it: every cause that is found, each a type of its own. Asks the store, the coordinator and the
     * nodes, for their figures as of this moment; costs some round trips and up to a second. What it says may be over a moment
     * later. Also of a link or callback that is not pushed yet, and of a batch, by its id. What its middleware waits for is said where its class is registered.
     * A coordinator that does not answer is a cause too, told after as long as a call may last.
     *
     * @throws io.muster.queue.store.StoreException the store does not answer: without it nothing is known of the job
     */
    public Explanation explain(String jobId) {
        return explainer.explain(jobId);
    }

    /** Jobs that failed for good: to look at, to run again, to remove. F1 */
    public FailedJobs failed() {
        return failed;
    }

    /** Sizes of a queue by state; all zero if it never held a job. Q5 */
    public QueueCounts size(String queue) {
        return queues.size(queue);
    }

    /**
     * Removes what waits in a queue, ready or delayed, and frees the unique keys of that; what is assigned, runs or failed stays.
     * Jobs that are pushed or come back meanwhile may stay too. Answers how many were removed. Q5
     */
    public long clear(String queue) {
        return queues.clear(queue);
    }

    /**
     * Nothing of the queue is handed out in the whole cluster until {@link #resume(String)}; pushes are still accepted, and what
     * is assigned already still runs. Q5
     */
    public void pause(String queue) {
        queues.pause(
                queue,
                settings.nodeId().orElse(cluster.self().name()),
                cluster.options().timeline().clock().instant());
    }

    /** Ends {@link #pause(String)}. Q5 */
    public void resume(String queue) {
        store.intake().resume(queue);
    }

    /** Jobs of all queues by state. F3 */
    public JobTotals totals() {
        return JobTotals.of(store.intake().counts());
    }

    /** How the queue is, judged by {@link QueueSettings#health}. F3 */
    public QueueHealth health() {
        return QueueHealth.of(totals(), sight.nobodyCampaigns(), settings.health());
    }

    /**
     * Which of these queues have more than {@code max} live jobs; of each an event is raised in this process. What
     * {@code muster.monitor-queues} names is looked at by the leader itself. F3
     */
    public List<QueueCounts> monitor(List<String> queues, long max) {
        return Watchman.busy(connection, queues, max, store.intake().counts(), events);
    }

    /** The cluster from live data. C8 */
    public QueueStats stats() {
        return sight.stats(leads());
    }

    /** All nodes with their pools. C1, C8 */
    public List<NodeView> nodes() {
        return sight.nodes();
    }

    /** The distribution groups that the nodes know, each with who leads it by a linearizable read; {@link #GROUP} first. C10 */
    public List<GroupView> groups() {
        return sight.groups();
    }

    /**
     * Asks the other nodes to publish their figures now instead of at their next heartbeat, for {@link #nodes} that are as of this
     * moment. Returns when all have, or {@code patience} has passed. C8
     */
    public void refresh(Duration patience) {
        FigureRequests.ask(cluster, patience);
    }

    /** What waits because nobody serves it, among the jobs that wait longest. J1 */
    public List<UnservedType> unserved() {
        return UnservedSearch.search(store.intake(), cluster.nodes());
    }

    /** Who leads {@link #GROUP}, by a linearizable read. C4 */
    public Optional<Leader> leader() {
        return leader(GROUP);
    }

    /** Who leads a distribution group, by a linearizable read. C10 */
    public Optional<Leader> leader(String group) {
        return cluster.leader(group);
    }

    /** Whether this process leads {@link #GROUP} and still trusts that. */
    public boolean leads() {
        return leads(GROUP);
    }

    /** Whether this process leads a distribution group and still trusts that. C10 */
    public boolean leads(String group) {
        return member.map(node -> node.leads(group)).orElse(false);
    }

    /** This node's pools at this moment; none on a client. C8 */
    public List<PoolStats> pools() {
        return member.map(Membership::pools).orElse(List.of());
    }

    /** Tells {@code listener} what becomes of the attempts of this node's pool. K5 */
    public Subscription listen(String pool, PoolListener listener) {
        return asMember().listen(pool, listener);
    }

    /**
     * Tells {@code listener} of events of a kind, {@link QueueEvent} being all of them, as far as this process sees them. Listeners are
     * called one after another, later than the fact, on a thread that nothing else waits for: a slow one delays the others and makes
     * events be dropped ({@link Events#MOST_WAITING} wait at most), one that throws is logged. F2
     */
    public <E extends QueueEvent> Subscription on(Class<E> kind, Consumer<? super E> listener) {
        return events.on(kind, listener);
    }

    /** How many events were dropped because listeners were too slow. F2 */
    public long droppedEvents() {
        return events.dropped();
    }

    /** This node takes no more jobs until {@link #resume()}; others do. K4 */
    public void pause() {
        asMember().pause();
    }

    /** Ends {@link #pause()}. */
    public void resume() {
        asMember().resume();
    }

    /**
     * One of this node's pools, to be changed at run time. K1
     *
     * @throws IllegalArgumentException there is no such pool
     */
    public PoolControl pool(String name) {
        Membership node = asMember();
        node.options(name);
        return new PoolControl(node, name);
    }

    /** Completes when every pool of this node has ended by its own limits, or by a restart where that is set: the process may end. K1, K4 */
    public CompletionStage<Void> poolsEnded() {
        return asMember().poolsEnded().minimalCompletionStage();
    }

    /** What operators order for the whole cluster: restart, maintenance, another coordinator. K4, K6, C11 */
    public Operations operations() {
        return operations;
    }

    /** The cluster beneath. */
    public Cluster cluster() {
        return cluster;
    }

    /** The store beneath. */
    public JobStore store() {
        return store;
    }

    /**
     * Ends this process's part: takes nothing more, lets running handlers end within the shutdown grace, gives back the rest without
     * counting an attempt, hands leadership over at once, unregisters, disconnects. Idempotent.
     */
    @Override
    public void close() {
        operations.close();
        member.ifPresent(Membership::close);
        events.close();
        store.close();
        cluster.close();
    }

    Outlet outlet() {
        return outlet;
    }

    JobTypes types() {
        return types;
    }

    /** The workflows of jobs that go by {@code way}. */
    WorkflowDesk workflows(Dispatcher way, QueueBuilder builder, JobTypes types) {
        FailureTeller teller = new FailureTeller(types, new WorkerEvents(connection, builder.events()));
        return new WorkflowDesk(store, way, outlet, teller, types.supplies().workflows());
    }

    /** The same schedules, for jobs that go by {@code way}. */
    Schedules schedules(Dispatcher way) {
        return new Schedules(
                store.schedules(),
                cluster.options().timeline(),
                settings.nodeId().orElse(cluster.options().nodeId()),
                new Schedules.Pushing(way::scheduled, outlet::push));
    }

    /** Ends what a failed start left behind, without waiting for anything to drain. */
    private void abandon() {
        member.ifPresent(Membership::abandon);
        events.close();
        store.close();
        cluster.close();
    }

    /** Pushing is for jobs that have a type, whatever else they could do. */
    private Dispatch queued(Object job) {
        dispatcher.requireType(job);
        return job(job);
    }

    private Membership asMember() {
        return member.orElseThrow(() -> new ClusterConfigurationException(
                "This process is only connected and no node; use start() instead of connect()"));
    }
}
