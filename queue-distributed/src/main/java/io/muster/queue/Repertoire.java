package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.time.Timeline;
import io.muster.queue.closure.Action;
import io.muster.queue.closure.Closures;
import io.muster.queue.encryption.EncryptionKeys;
import io.muster.queue.job.BatchLink;
import io.muster.queue.job.FailureNotice;
import io.muster.queue.job.HandlerFactory;
import io.muster.queue.job.JobContext;
import io.muster.queue.job.JobSupplies;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.job.Middleware;
import io.muster.queue.job.NextLink;
import io.muster.queue.job.RefResolver;
import io.muster.queue.job.Workflows;
import io.muster.queue.limit.Limit;
import io.muster.queue.limit.Limits;
import io.muster.queue.middleware.WithoutOverlapping;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Collects which jobs a process knows, and what surrounds the handling of them. Muster's own types are among them. Not thread-safe. */
final class Repertoire {
    private final Supplier<EncryptionKeys> keys;
    private final JobTypes.Builder types = JobTypes.builder();
    private final List<Middleware> middleware = new ArrayList<>();
    private final Map<String, List<Middleware>> queueMiddleware = new HashMap<>();
    private final Map<Class<?>, RefResolver<?>> resolvers = new HashMap<>();
    private final Map<String, Function<Object, Limit>> limiters = new HashMap<>();
    private final KeyKeepers keyKeepers = new KeyKeepers();
    private Optional<Closures> closures = Optional.empty();
    private HandlerFactory factory = HandlerFactory.CONSTRUCTOR;

    /** {@code keys} are asked for when they are needed: they may be set later. */
    Repertoire(Supplier<EncryptionKeys> keys) {
        this.keys = keys;
        types.register(JobType.of(NewJob.FAILURE_NOTICE, FailureNotice.class), (notice, context) -> workflows(context)
                .tell(notice, context));
        types.register(
                new JobType<>(BatchLink.TYPE, BatchLink.class, BatchLink.OPTIONS),
                (batch, context) -> Workflows.begin(workflows(context), batch, context));
        types.register(JobType.of(NextLink.TYPE, NextLink.class), (next, context) -> {});
    }

    private static Workflows workflows(JobContext context) {
        return context.chain().workflows();
    }

    JobTypes.Builder types() {
        return types;
    }

    void factory(HandlerFactory given) {
        factory = given;
    }

    <T> void resolve(Class<T> referred, RefResolver<T> resolver) {
        if (resolvers.putIfAbsent(referred, resolver) != null) {
            throw new IllegalArgumentException("Two resolvers for " + referred.getName());
        }
    }

    void middleware(List<Middleware> more) {
        middleware.addAll(more);
    }

    void middlewareOn(String queue, List<Middleware> more) {
        queueMiddleware.computeIfAbsent(queue, name -> new ArrayList<>()).addAll(more);
    }

    void limiter(String name, Function<Object, Limit> limit) {
        if (limiters.putIfAbsent(name, limit) != null) {
            throw new IllegalArgumentException("Two limiters are named \"" + name + "\"");
        }
    }

    void closure(String name, Action code) {
        if (closures.isEmpty()) {
            Closures made = new Closures(keys);
            types.register(Closures.TYPE, made);
            closures = Optional.of(made);
        }
        closures.get().register(name, code);
    }

    Closures closures() {
        return closures.orElseGet(() -> new Closures(keys));
    }

    void uniqueVia(String name, Cluster coordinator) {
        keyKeepers.add(name, coordinator);
    }

    /** All of it, with what a queue supplies; {@code cluster} and {@code limits} are empty where there is none. */
    JobTypes known(Optional<Cluster> cluster, Optional<JobStore.LimitDesk> limits, Timeline timeline) {
        WithoutOverlapping.refuseAroundSeveral(middleware);
        queueMiddleware.values().forEach(WithoutOverlapping::refuseAroundSeveral);
        return types.keys(keys.get())
                .supplies(new JobSupplies(
                                factory,
                                middleware,
                                queueMiddleware,
                                resolvers,
                                cluster,
                                new Limits(limiters, limits, timeline))
                        .withLeases(keyKeepers.with(cluster)))
                .build();
    }
}
