package io.muster.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.job.Workflows;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * A job on its way into the queue: what is said here beats what the job and its type say
 * ({@link io.muster.queue.job.Precedence}). Nothing happens before one of the dispatch methods is called. Not thread-safe. J3
 */
@CheckReturnValue
public final class Dispatch {
    private final Dispatcher dispatcher;
    private final Object job;
    private String id;
    private JobOptions options = JobOptions.DEFAULT;
    private Optional<Instant> dueAt = Optional.empty();
    private Optional<UniqueKey> unique = Optional.empty();
    private Optional<OverlapKey> overlap = Optional.empty();

    Dispatch(Dispatcher dispatcher, Object job, String id) {
        this.dispatcher = dispatcher;
        this.job = job;
        this.id = id;
    }

    public Dispatch onQueue(String chosen) {
        return options(said -> said.withQueue(chosen));
    }

    /** The connection that it is dispatched on, one of {@link Connections}. J2 */
    public Dispatch onConnection(String chosen) {
        return options(said -> said.withConnection(chosen));
    }

    /** Not before {@code delay} has passed after dispatch, by the clock that judges due times; zero or less is at once. */
    public Dispatch delay(Duration delay) {
        dueAt = Optional.empty();
        return options(said -> said.withDelay(delay.isNegative() ? Duration.ZERO : delay));
    }

    /** Not before {@code until}, by the clock that judges due times. */
    public Dispatch delay(Instant until) {
        dueAt = Optional.of(until);
        return this;
    }

    /** Handler starts before it fails; 0 is without limit. */
    public Dispatch tries(int tries) {
        return options(said -> said.withTries(tries));
    }

    /** Longest run of one attempt. */
    public Dispatch timeout(Duration timeout) {
        return options(said -> said.withTimeout(timeout));
    }

    /** Wait before the next try: the n-th after the n-th failure, the last one repeats. */
    public Dispatch backoff(Duration... waits) {
        return options(said -> said.withBackoff(waits));
    }

    /** Replaces tries: retried until this moment. */
    public Dispatch retryUntil(Instant moment) {
        return options(said -> said.withRetryUntil(moment));
    }

    /** Thrown exceptions before it fails, however many tries are left. */
    public Dispatch maxExceptions(int most) {
        return options(said -> said.withMaxExceptions(most));
    }

    /** A timeout fails the job instead of being retried. */
    public Dispatch failOnTimeout() {
        return options(said -> said.withOnTimeout(JobOptions.OnTimeout.FAIL));
    }

    /** Higher goes first within its queue. */
    public Dispatch priority(int priority) {
        return options(said -> said.withPriority(priority));
    }

    /** Words to find it by; replaces those of the job and its type. */
    public Dispatch tags(String... tags) {
        return options(said -> said.withTags(tags));
    }

    /**
     * Pushed when all transactions have committed that are open on the thread that dispatches it, at once if none is; dropped if one of them is
     * rolled back. It takes its unique key when it is pushed. J4
     */
    public Dispatch afterCommit() {
        return options(JobOptions::withAfterCommit);
    }

    /** Pushed at once, whatever transactions are open. J4 */
    public Dispatch beforeCommit() {
        return options(JobOptions::withBeforeCommit);
    }

    /** Its data is encrypted wherever it is kept. J6 */
    public Dispatch encrypted() {
        return options(JobOptions::withEncryption);
    }

    /** Says any option for this job. */
    public Dispatch options(UnaryOperator<JobOptions> change) {
        options = change.apply(options);
        return this;
    }

    /** The caller's own id: pushing it again does nothing while it is remembered. */
    public Dispatch id(String own) {
        id = own;
        return this;
    }

    /** At most one live job of its type; a duplicate is refused, see {@link Dispatched#holder}. J5 */
    public Dispatch unique() {
        return options(JobOptions::withUnique);
    }

    /** At most one live job of its type with this id. J5 */
    public Dispatch unique(String uniqueId) {
        return options(said -> said.withUnique(uniqueId));
    }

    /** Not unique, whatever the job and its type say. J5 */
    public Dispatch notUnique() {
        return options(JobOptions::withoutUnique);
    }

    /** How long after dispatch a unique job's key is held at most. J5 */
    public Dispatch uniqueFor(Duration most) {
        return options(said -> said.withUniqueFor(most));
    }

    /** A unique job's key is free once its handler starts for the first time. J5 */
    public Dispatch uniqueUntilProcessing() {
        return options(said -> said.withUniqueUntil(UniqueKey.Until.PROCESSING));
    }

    /**
     * A unique job's key is a lease of a coordinator instead of a record of the job store: so it counts for jobs of several stores. Needs
     * {@link #uniqueFor}. J5
     *
     * <p>It is taken before the job is pushed and given up when a handler has returned, or the failed hook, and the job will not run again;
     * over releases, retries and deaths of nodes it is kept. That takes one round trip to the coordinator at dispatch, two at the end, and
     * jobs of a bulk go one by one. Two steps are not one, so that, other than with the job store,
     *
     * <ul>
     *   <li>a process that dies between taking the key and pushing the job leaves it held, by an id that no store knows, until its time is over
     *       (counted, on Consul and ZooKeeper, by each process from the first time that the key refused it);
     *   <li>it is free a moment before the store has learnt of the job's end; if the node dies in that moment, the job runs again
     *       without it, and a duplicate may run beside it;
     *   <li>a job that is removed by {@link Queue#clear} keeps it until its time is over, and a failed job that is retried does not take it again;
     *   <li>while the coordinator does not answer, such jobs cannot be dispatched, and what ends then leaves its key to its time.
     * </ul>
     *
     * <p>A job that runs in its caller holds its key while it runs: at the coordinator if that is known here, else in this process.
     *
     * @param coordinator the name given to {@link QueueBuilder#uniqueVia}, or {@link io.muster.queue.unique.UniqueLeases#OWN} for this
     *     queue's own
     */
    public Dispatch uniqueVia(String coordinator) {
        return options(said -> said.withUniqueVia(coordinator));
    }

    /** At most one live job with this very key, whatever its type; it replaces what the job's options say of uniqueness. J5 */
    public Dispatch unique(UniqueKey key) {
        unique = Optional.of(key);
        return this;
    }

    /** At most one attempt at a time with this key. M3 */
    public Dispatch withoutOverlapping(OverlapKey key) {
        overlap = Optional.of(key);
        return this;
    }

    /**
     * Pushes it; returns once the store has it, or holds another with its id or key. A job that handles itself and has no type name is not
     * for a queue: it runs at once, as by {@link #dispatchSync}.
     *
     * @throws QueueException the store does not take it
     * @throws io.muster.queue.job.PayloadException it cannot be written, or not be read back
     * @throws IllegalArgumentException an option is wrong, or it is a lambda
     */
    @CanIgnoreReturnValue
    public Dispatched dispatch() {
        Dispatcher way = dispatcher.way(options, job);
        return way.dispatch(outgoing(way));
    }

    /** As {@link #dispatch}, if {@code condition} holds; else nothing happens. */
    @CanIgnoreReturnValue
    public Optional<Dispatched> dispatchIf(boolean condition) {
        return condition ? Optional.of(dispatch()) : Optional.empty();
    }

    /** As {@link #dispatch}, unless {@code condition} holds; then nothing happens. */
    @CanIgnoreReturnValue
    public Optional<Dispatched> dispatchUnless(boolean condition) {
        return dispatchIf(!condition);
    }

    /**
     * As {@link #dispatch}, without waiting, but for jobs that are unique via a coordinator, that wait for a commit, take over their own queueing or
     * go to another connection: those are dispatched before this returns, and what refuses them is thrown here.
     */
    public CompletableFuture<Dispatched> dispatchAsync() {
        Dispatcher way = dispatcher.way(options, job);
        return way.dispatchAsync(outgoing(way));
    }

    /**
     * Runs it now on this thread, once, within its middleware and without timeout; nothing is stored or recorded. What it throws
     * is thrown here after its failed hook was called, checked exceptions as the cause of a {@link QueueException}. A job that
     * asks to run again later fails.
     */
    public void dispatchSync() {
        dispatcher.runSync(outgoing());
    }

    /**
     * As {@link #dispatchSync}, when the {@link UnitOfWork} closes in which this is called, at once if none is open. It is kept in memory
     * only; a failure is logged.
     */
    public void dispatchAfterResponse() {
        dispatcher.runAfterResponse(outgoing());
    }

    /**
     * The job as it would be pushed, for a store that takes it in another way: within a transaction of the application, say. No
     * {@link DispatchPipe} sees it.
     *
     * @throws IllegalArgumentException it names another connection, or its unique key is a coordinator's
     */
    public NewJob build() {
        return dispatcher.standing(outgoing(), PayloadBinding.job(id));
    }

    /** As a job that follows another one. */
    Outgoing outgoing(Workflows.Place place) {
        return new Outgoing(job, id, dispatcher.merged(options, job, place), dueAt, unique, overlap);
    }

    /** The job as a pattern of those that {@code binding} speaks of. */
    NewJob template(PayloadBinding binding) {
        return dispatcher.standing(outgoing(), binding);
    }

    Outgoing outgoing() {
        return outgoing(dispatcher);
    }

    /** As it goes by {@code way}, whose default queue it is given. */
    private Outgoing outgoing(Dispatcher way) {
        return new Outgoing(job, id, way.merged(options, job), dueAt, unique, overlap);
    }
}
