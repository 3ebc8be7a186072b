package io.muster.queue;

import io.muster.queue.job.Dispatchable;
import io.muster.queue.job.JobLink;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.job.Precedence;
import io.muster.queue.job.Uniqueness;
import io.muster.queue.job.Workflows;
import io.muster.queue.middleware.RateLimited;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.worker.CallerRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The way of a job from its caller into the store, or through its handler at once. Thread-safe. J3, J11 */
final class Dispatcher {

    private final String connection;
    private final String defaultQueue;
    private final Outlet outlet;
    private final JobTypes types;
    private final List<DispatchPipe> pipes;
    private final CallerRun caller;
    private final Commits commits;
    private final Neighbours neighbours;

    private Dispatcher(Place place, JobTypes types, List<DispatchPipe> pipes, CallerRun caller, Commits commits) {
        this.connection = place.connection();
        this.defaultQueue = place.defaultQueue();
        this.outlet = place.outlet();
        this.neighbours = place.neighbours();
        this.types = types;
        this.pipes = pipes;
        this.caller = caller;
        this.commits = commits;
    }

    static Dispatcher of(QueueBuilder builder, Place place, JobTypes types, CallerRun caller) {
        return new Dispatcher(place, types, builder.pipes(), caller, builder.commits());
    }

    /**
     * Where its jobs go.
     *
     * @param defaultQueue for jobs of which nobody says a queue
     * @param neighbours the other connections
     */
    record Place(String connection, String defaultQueue, Outlet outlet, Neighbours neighbours) {
        /** The name of a queue which is none of several connections. */
        static final String UNNAMED = "default";
    }

    /**
     * Looks whether the job can be dispatched at all.
     *
     * @throws io.muster.queue.job.PayloadException its class is not registered
     */
    Dispatch job(Object job) {
        if (types.isQueueable(job)) {
            types.of(job);
        }
        return new Dispatch(this, job, outlet.nextId());
    }

    /** The job as a schedule pushes it; no pipe sees it. */
    NewJob scheduled(PayloadBinding binding, Object job) {
        if (job instanceof Dispatch said) {
            return said.template(binding);
        }
        requireType(job);
        return job(job).template(binding);
    }

    String defaultQueue() {
        return defaultQueue;
    }

    boolean isOwn(String name) {
        return name.equals(connection);
    }

    /** Pushes to another connection. */
    Function<List<NewJob>, List<PushOutcome>> elsewhere(String name) {
        return neighbours.pushing(name).orElseThrow(() -> unknown(name, ""));
    }

    /**
     * Who dispatches a job of which that is said: the connection that it names.
     *
     * @throws IllegalArgumentException there is no such connection in this process
     */
    Dispatcher way(JobOptions atDispatch, Object job) {
        return way(job, said(atDispatch, job));
    }

    private Dispatcher way(Object job, JobOptions said) {
        return said.connection()
                .filter(name -> !isOwn(name))
                .map(name -> neighbours
                        .dispatcher(name)
                        .orElseThrow(() ->
                                unknown(name, " for job class " + job.getClass().getName())))
                .orElse(this);
    }

    private IllegalArgumentException unknown(String name, String where) {
        TreeSet<String> known = new TreeSet<>(neighbours.names());
        known.add(connection);
        return new IllegalArgumentException("Unknown queue connection \"" + name + "\"" + where + "; there "
                + (known.size() == 1 ? "is " : "are ")
                + known.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", ")));
    }

    /**
     * A job that follows another one: what it says of queue and connection beats {@code place}, unless that is for all.
     *
     * @throws IllegalArgumentException a pipe withheld it, it sees to its own queueing, or its connection is unknown
     */
    JobLink link(Dispatch said, Workflows.Place place) {
        return link(said, place, Optional.empty(), new Linking());
    }

    /** As a template of jobs that {@code binding} speaks of, or as the one job it is. */
    JobLink link(Dispatch said, Workflows.Place place, Optional<PayloadBinding> binding, Linking linking) {
        Outgoing merged = said.outgoing(place);
        requireType(merged.job());
        Outgoing passed = piped(merged)
                .orElseThrow(() -> new IllegalArgumentException("A pipe withheld a job of class "
                        + merged.job().getClass().getName() + "; it cannot be chained"));
        Optional<String> named = passed.options().connection();
        boolean own = named.filter(this::isOwn).isPresent();
        checkFollows(named.filter(name -> !own), place);
        Optional<String> target = linking.target(named, own);
        linking.linked(named, own);
        Duration delay = passed.dueAt()
                .map(due -> Duration.between(now(), due))
                .or(() -> passed.options().delay())
                .filter(wait -> !wait.isNegative())
                .orElse(Duration.ZERO);
        if (commits.waits(passed.options())) {
            linking.waitsForCommit();
        }
        NewJob plain = newJobAnywhere(passed, binding.orElseGet(() -> PayloadBinding.job(passed.id())));
        if (plain.unique().isPresent() || passed.options().uniqueVia().isPresent()) {
            linking.ignoresKey(plain.type());
        }
        NewJob free = new NewJob(
                passed.id(),
                plain.queue(),
                plain.type(),
                plain.payload(),
                plain.priority(),
                Optional.empty(),
                plain.maxCrashes(),
                Optional.empty(),
                plain.overlap(),
                Optional.empty(),
                plain.tellsFailure());
        return new JobLink(target, free, delay);
    }

    /** What follows is pushed by whoever settles, or by the leader: no caller waits for it. */
    private void checkFollows(Optional<String> target, Workflows.Place place) {
        boolean runsInCaller = target.map(this::elsewhere).orElse(null) instanceof PushInCaller;
        Optional<String> wholeChain = place.connection().filter(name -> !isOwn(name));
        boolean chainRunsInCaller = wholeChain.map(this::elsewhere).orElse(null) instanceof PushInCaller;
        if ((runsInCaller || chainRunsInCaller) && !target.equals(wholeChain)) {
            throw new IllegalArgumentException("A chain cannot be partly on connection \""
                    + (runsInCaller ? target : wholeChain).get()
                    + "\": its driver sync runs jobs in their caller, and what follows on other jobs has none. Put the whole chain there by"
                    + " Chain.onConnection, or all of it on connections that keep jobs");
        }
    }

    /** Does it when the transactions have committed that are open, at once if none is or it does not wait; empty: later. */
    <T> Optional<T> whenCommitted(boolean waits, Supplier<T> action) {
        return commits.push(
                waits ? JobOptions.DEFAULT.withAfterCommit() : JobOptions.DEFAULT.withBeforeCommit(), action);
    }

    /** Whether jobs wait of which nobody says anything. */
    boolean waitsByDefault() {
        return commits.byDefault();
    }

    /** Pushes at once, or when the open transactions have committed, as is said of the job or by default. J4 */
    Dispatched whenCommitted(Dispatch said, Workflows.Place place, String id, Supplier<Dispatched> push) {
        return commits.push(said.outgoing(place).options(), push).orElseGet(() -> new Dispatched.AwaitsCommit(id));
    }

    void requireType(Object job) {
        types.of(job);
    }

    /** What is said of a job by itself and its type is added to what was said at dispatch. */
    JobOptions merged(JobOptions atDispatch, Object job) {
        return placed(said(atDispatch, job)).dispatchedAt(outlet.now());
    }

    /** As {@link #merged}, for a job that follows another. */
    JobOptions merged(JobOptions atDispatch, Object job, Workflows.Place place) {
        JobOptions said = said(atDispatch, job);
        JobOptions queued = place.all() || said.queue().isEmpty() ? said.withQueue(place.queue()) : said;
        Optional<String> target = place.all() ? Optional.empty() : place.connection();
        JobOptions placed =
                said.connection().isEmpty() && target.isPresent() ? queued.withConnection(target.get()) : queued;
        return placed.dispatchedAt(outlet.now());
    }

    private JobOptions said(JobOptions atDispatch, Object job) {
        Optional<JobType<?>> type = types.find(job);
        return type.map(known -> Precedence.atDispatch(atDispatch, job, known))
                .orElseGet(() -> Precedence.atDispatch(atDispatch, job));
    }

    private JobOptions placed(JobOptions said) {
        return said.queue().isPresent() ? said : said.withQueue(defaultQueue);
    }

    Dispatched dispatch(Outgoing outgoing) {
        return piped(outgoing).map(this::accept).orElseGet(() -> new Dispatched.Withheld(outgoing.id()));
    }

    CompletableFuture<Dispatched> dispatchAsync(Outgoing outgoing) {
        Optional<Outgoing> passed = piped(outgoing);
        boolean pushes = passed.filter(job -> types.isQueueable(job.job()) && goesWithOthers(job))
                .isPresent();
        if (pushes) {
            return outlet.pushAsync(newJob(passed.get())).thenApply(Dispatched.Stored::new);
        }
        return CompletableFuture.completedFuture(
                passed.map(this::accept).orElseGet(() -> new Dispatched.Withheld(outgoing.id())));
    }

    /** All that goes into the store goes together; ids in the order of the jobs, for a duplicate that of the job it was refused for. */
    List<String> bulk(List<Outgoing> jobs) {
        List<NewJob> together = new ArrayList<>();
        Map<String, String> live = new HashMap<>();
        for (Outgoing outgoing : jobs) {
            piped(outgoing).ifPresent(passed -> {
                if (goesWithOthers(passed)) {
                    together.add(newJob(passed));
                } else {
                    live.put(
                            passed.id(),
                            way(passed.job(), passed.options()).queue(passed).liveJobId());
                }
            });
        }
        for (PushOutcome outcome : outlet.bulk(together)) {
            live.put(outcome.jobId(), new Dispatched.Stored(outcome).liveJobId());
        }
        return jobs.stream().map(job -> live.getOrDefault(job.id(), job.id())).toList();
    }

    /** Whether it is only to be pushed, here and now. */
    private boolean goesWithOthers(Outgoing passed) {
        return !(passed.job() instanceof QueuesItself)
                && !commits.waits(passed.options())
                && passed.options().uniqueVia().isEmpty()
                && passed.options().connection().filter(name -> !isOwn(name)).isEmpty();
    }

    /** A pipe may have named another connection. */
    private Dispatched accept(Outgoing passed) {
        return types.isQueueable(passed.job())
                ? way(passed.job(), passed.options()).queue(passed)
                : runAtOnce(passed);
    }

    void runSync(Outgoing outgoing) {
        piped(outgoing).ifPresent(this::run);
    }

    void runAfterResponse(Outgoing outgoing) {
        piped(outgoing).ifPresent(passed -> UnitOfWork.after(() -> run(passed)));
    }

    Instant now() {
        return outlet.now();
    }

    private Optional<Outgoing> piped(Outgoing outgoing) {
        Optional<Outgoing> passed = Optional.of(outgoing);
        for (DispatchPipe pipe : pipes) {
            passed = passed.flatMap(pipe::pass);
        }
        return passed;
    }

    private Dispatched queue(Outgoing outgoing) {
        return outgoing.job() instanceof QueuesItself itself ? itself.queue(outgoing, this::push) : push(outgoing);
    }

    private Dispatched push(Outgoing outgoing) {
        NewJob job = newJob(outgoing);
        Optional<LeasedPush> leased = leased(outgoing, job);
        return commits.push(outgoing.options(), () -> leased.map(way -> way.push(job, outlet::push))
                        .orElseGet(() -> outlet.push(job)))
                .<Dispatched>map(Dispatched.Stored::new)
                .orElseGet(() -> new Dispatched.AwaitsCommit(job.id()));
    }

    /** A closure would run now where its author thinks that it waits in a queue. */
    private Dispatched runAtOnce(Outgoing outgoing) {
        Class<?> jobClass = outgoing.job().getClass();
        if (jobClass.isHidden() || jobClass.isSynthetic() || jobClass.isAnonymousClass()) {
            throw new IllegalArgumentException(
                    "A lambda or anonymous class cannot be queued; make it a record with a"
                            + " type name, register its code by QueueBuilder.closure and dispatch that by Queue.closures, or run it in this process with dispatchSync or dispatchAfterResponse");
        }
        run(outgoing);
        return new Dispatched.RanHere(outgoing.id());
    }

    private void run(Outgoing outgoing) {
        caller.run(outgoing.id(), outgoing.queue(), outgoing.job(), outgoing.options())
                .ifPresent(cause -> rethrow(outgoing, cause));
    }

    private void rethrow(Outgoing outgoing, Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new QueueException(
                "Job " + outgoing.id() + " of class "
                        + outgoing.job().getClass().getName() + " on queue \"" + outgoing.queue()
                        + "\" of connection \""
                        + connection + "\" failed in its caller: " + cause.getMessage(),
                cause);
    }

    private Optional<LeasedPush> leased(Outgoing outgoing, NewJob job) {
        Outlet.Fate fate = outlet.fate(job);
        Optional<String> via = outgoing.options().uniqueVia().filter(name -> fate != Outlet.Fate.DROPPED);
        return via.flatMap(name -> unique(outgoing, job.type()).map(key -> {
            LeasedPush leased = new LeasedPush(types.supplies().leases(), name, key, fate == Outlet.Fate.RUNS);
            leased.check(job.type());
            return leased;
        }));
    }

    private static Optional<UniqueKey> unique(Outgoing outgoing, String type) {
        return outgoing.unique().or(() -> Uniqueness.key(type, outgoing.options()));
    }

    /**
     * The job as somebody else pushes it, later or more than once.
     *
     * @throws IllegalArgumentException it needs more than to be pushed
     */
    NewJob standing(Outgoing outgoing, PayloadBinding binding) {
        NewJob job = newJob(outgoing, binding);
        if (outgoing.options().uniqueVia().isPresent()) {
            throw new IllegalArgumentException(
                    "Jobs of type \"" + job.type()
                            + "\" are unique via a coordinator, whose lease is taken when they are dispatched; let the job store keep the key where something else pushes them, such as a schedule");
        }
        return job;
    }

    private NewJob newJob(Outgoing outgoing) {
        return newJob(outgoing, PayloadBinding.job(outgoing.id()));
    }

    /** {@code binding}: the jobs that its payload is for. */
    private NewJob newJob(Outgoing outgoing, PayloadBinding binding) {
        outgoing.options().connection().filter(name -> !isOwn(name)).ifPresent(other -> {
            way(outgoing.job(), outgoing.options());
            throw new IllegalArgumentException("Job class "
                    + outgoing.job().getClass().getName() + " names connection \"" + other + "\", this is \""
                    + connection
                    + "\"; dispatch it there");
        });
        return newJobAnywhere(outgoing, binding);
    }

    private NewJob newJobAnywhere(Outgoing outgoing, PayloadBinding binding) {
        JobOptions options = outgoing.options();
        Optional<Instant> delayed =
                options.delay().filter(delay -> !delay.isZero()).map(now()::plus);
        NewJob plain = outlet.encode(outgoing.job(), outgoing.queue(), options, binding);
        Optional<UniqueKey> unique = unique(outgoing, plain.type());
        boolean leased = options.uniqueVia().isPresent() && unique.isPresent();
        Optional<Instant> due = outgoing.dueAt().or(() -> delayed);
        Optional<OverlapKey> overlap = outgoing.overlap().or(() -> overlap(outgoing.job(), plain.type()));
        int priority = options.priority().orElse(0);
        int maxCrashes = options.maxCrashes().orElse(NewJob.DEFAULT_MAX_CRASHES);
        boolean usual = due.isEmpty() && unique.isEmpty() && overlap.isEmpty();
        if (usual && priority == plain.priority() && maxCrashes == plain.maxCrashes()) {
            return plain;
        }
        return new NewJob(
                plain.id(),
                plain.queue(),
                plain.type(),
                plain.payload(),
                priority,
                due,
                maxCrashes,
                leased ? Optional.empty() : unique,
                overlap,
                Optional.empty(),
                true);
    }

    /** Looks through the job's own middleware: what the store keeps of it, and what would fail where it runs. */
    private Optional<OverlapKey> overlap(Object job, String type) {
        List<Middleware> own = job instanceof Dispatchable says ? says.middleware() : List.of();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        if (types.handled().contains(type)) {
            RateLimited.unknown(own, types.supplies().limits()).ifPresent(limiter -> {
                throw new IllegalArgumentException("Jobs of type \"" + type + "\" name the limiter \"" + limiter
                        + "\", which is not registered here; add it by QueueBuilder.limiter");
            });
        }
        return WithoutOverlapping.keptByStore(own, type);
    }
}
