package io.muster.queue;

import io.muster.cluster.time.Timeline;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.JobOptions;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.NextLink;
import io.muster.queue.job.PayloadBinding;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.sync.SyncJobs;
import io.muster.queue.worker.CallerRun;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Jobs of some classes run in their caller, as with the driver {@code sync}; all others go into the store, and so do batches. Asked anew for each job. */
final class Divided implements Outlet {
    /** The queue's own, which only name what is to be stored. */
    private static final Set<String> STORED = Set.of(BatchLink.TYPE, NextLink.TYPE, NewJob.FAILURE_NOTICE);

    private final Caller who;
    private final Outlet caller;
    private final Outlet store;

    /** @param runHere which classes run in their caller */
    record Caller(JobTypes types, Predicate<Class<?>> runHere, CallerRun run) {}

    Divided(
            Caller who,
            Outlet store,
            String connection,
            Function<String, Optional<Function<List<NewJob>, List<PushOutcome>>>> others,
            Timeline timeline) {
        this.who = who;
        this.store = store;
        SyncJobs jobs = new SyncJobs(
                who.run(),
                who.types().supplies().workflows(),
                timeline,
                new CallerWay(connection, others, this::runsHere, store::push));
        this.caller = Storeless.sync(who.types(), jobs, timeline);
    }

    @Override
    public Instant now() {
        return store.now();
    }

    @Override
    public void pause(Duration duration) {
        store.pause(duration);
    }

    @Override
    public String nextId() {
        return store.nextId();
    }

    @Override
    public NewJob encode(Object job, String queue, JobOptions options, PayloadBinding binding) {
        return store.encode(job, queue, options, binding);
    }

    @Override
    public Fate fate(NewJob job) {
        return way(job).fate(job);
    }

    @Override
    public PushOutcome push(NewJob job) {
        return way(job).push(job);
    }

    @Override
    public CompletableFuture<PushOutcome> pushAsync(NewJob job) {
        return way(job).pushAsync(job);
    }

    /** What is stored is stored first, all or nothing per chunk, before anything runs. */
    @Override
    public List<PushOutcome> bulk(List<NewJob> jobs) {
        if (jobs.stream().noneMatch(this::runsHere)) {
            return store.bulk(jobs);
        }
        Set<NewJob> here = jobs.stream().filter(this::runsHere).collect(Collectors.toSet());
        Iterator<PushOutcome> stored = store.bulk(
                        jobs.stream().filter(job -> !here.contains(job)).toList())
                .iterator();
        Iterator<PushOutcome> run =
                caller.bulk(jobs.stream().filter(here::contains).toList()).iterator();
        return jobs.stream()
                .map(job -> here.contains(job) ? run.next() : stored.next())
                .toList();
    }

    private Outlet way(NewJob job) {
        return runsHere(job) ? caller : store;
    }

    /** A raw push of a type that nobody knows here is for the store. */
    private boolean runsHere(NewJob job) {
        return !STORED.contains(job.type())
                && who.types()
                        .named(job.type())
                        .filter(type -> who.runHere().test(type.jobClass()))
                        .isPresent();
    }
}
