package io.muster.queue;

import io.muster.cluster.Subscription;
import io.muster.queue.event.Events;
import io.muster.queue.event.QueueEvent;
import io.muster.queue.failed.FailedJobs;
import io.muster.queue.schedule.ScheduleBuilder;
import io.muster.queue.schedule.Schedules;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A named place for jobs, with its default queue. Made by {@link Connections}, which closes it. Thread-safe. Q1 */
public final class Connection {
    private final ConnectionSettings settings;
    private final Dispatcher dispatcher;
    private final Backing backing;

    Connection(ConnectionSettings settings, Dispatcher dispatcher, Backing backing) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.backing = backing;
    }

    /**
     * What stands behind a connection.
     *
     * @param outlet where its jobs go
     * @param queue empty with drivers that keep nothing
     * @param events what happens on it in this process
     * @param closing ends it
     */
    record Backing(
            Outlet outlet,
            Schedules schedules,
            Optional<Queue> queue,
            Optional<WorkflowDesk> workflows,
            Events events,
            Runnable closing) {}

    public String name() {
        return settings.name();
    }

    public Driver driver() {
        return settings.driver();
    }

    /** Where jobs go for which no queue is named. */
    public String defaultQueue() {
        return settings.queue();
    }

    /**
     * Pushes a job to the queue that it or its type names, else to the default queue; answers its id, or if it is the duplicate of a unique
     * job the id of that. With {@code sync} it has run then, or its exception is thrown. Q4, J5
     */
    public String push(Object job) {
        return queued(job).dispatch().liveJobId();
    }

    /** As {@link #push}, to a queue. Q4 */
    public String pushOn(String chosen, Object job) {
        return queued(job).onQueue(chosen).dispatch().liveJobId();
    }

    /** Pushes a job to the default queue to run once {@code delay} has passed; answers its id. Drivers that keep nothing ignore the delay. Q4 */
    public String later(Duration delay, Object job) {
        return queued(job).delay(delay).dispatch().liveJobId();
    }

    /** As {@link #later}, to a queue. Q4 */
    public String laterOn(String chosen, Duration delay, Object job) {
        return queued(job).onQueue(chosen).delay(delay).dispatch().liveJobId();
    }

    /** Pushes many jobs, in chunks that are applied all or nothing; answers their ids in order. Q4 */
    public List<String> bulk(String chosen, List<?> jobs) {
        return dispatcher.bulk(
                jobs.stream().map(job -> queued(job).onQueue(chosen).outgoing()).toList());
    }

    /** Pushes jobs as they are, payloads untouched. Q4 */
    public List<PushOutcome> pushRaw(List<NewJob> jobs) {
        return backing.outlet().bulk(jobs);
    }

    /** A job with options of its own, to be dispatched. J3 */
    public Dispatch job(Object job) {
        return dispatcher.job(job);
    }

    /** Jobs that run one after another. See {@link Queue#chain}; with {@code sync} its jobs run one after another before it is dispatched. W1 */
    public Chain chain(Object... jobs) {
        return new Chain(workflows(), List.of(jobs));
    }

    /** Begins a batch. See {@link Queue#batch}; with {@code sync} its jobs have run when it is dispatched. W2 */
    public BatchBuilder batch(String batchName) {
        return new BatchBuilder(workflows(), batchName);
    }

    private WorkflowDesk workflows() {
        return backing.workflows()
                .orElseThrow(() -> new IllegalStateException("Connection \"" + name() + "\" has the driver "
                        + driver().word() + ", which drops jobs: nothing of a chain or batch would ever run"));
    }

    /** Begins a schedule of this connection. See {@link Queue#schedule}. S1 */
    public ScheduleBuilder schedule(String name) {
        return backing.schedules().schedule(name);
    }

    /**
     * The schedules of this connection. With {@code sync} and {@code null} they are this process's own, fired by itself as long as the
     * connection is open, one after another; nothing is known of ticks that passed while it was not.
     */
    public Schedules schedules() {
        return backing.schedules();
    }

    /** Pushing is for jobs that have a type. */
    private Dispatch queued(Object job) {
        dispatcher.requireType(job);
        return job(job);
    }

    /** Sizes of a queue by state; all zero if it never held a job, or if the driver keeps none. Q5 */
    public QueueCounts size(String chosen) {
        return queue().map(kept -> kept.size(chosen)).orElseGet(() -> QueueCounts.empty(chosen));
    }

    /** Removes what waits in a queue; answers how many jobs. See {@link Queue#clear}. Q5 */
    public long clear(String chosen) {
        return queue().map(kept -> kept.clear(chosen)).orElse(0L);
    }

    /** Jobs that failed for good; empty with {@code sync} and {@code null}, which keep none. F1 */
    public Optional<FailedJobs> failed() {
        return queue().map(Queue::failed);
    }

    /** Tells {@code listener} of events of a kind on this connection. See {@link Queue#on}. F2 */
    public <E extends QueueEvent> Subscription on(Class<E> kind, Consumer<? super E> listener) {
        return backing.events().on(kind, listener);
    }

    /** All that there is to know and to do beyond pushing; empty with {@code sync} and {@code null}, which keep nothing. */
    public Optional<Queue> queue() {
        return backing.queue();
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    void close() {
        backing.closing().run();
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
