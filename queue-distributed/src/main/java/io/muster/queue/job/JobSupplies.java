package io.muster.queue.job;

import io.muster.cluster.Cluster;
import io.muster.queue.limit.Limits;
import io.muster.queue.unique.UniqueLeases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What handlers of this process are supplied with.
 *
 * @param factory makes handlers and what they need
 * @param middleware around all jobs
 * @param queueMiddleware around the jobs of a queue
 * @param resolvers find what jobs refer to, by its class
 * @param cluster where they run; empty with drivers that have none
 * @param limits what limits jobs in the whole cluster
 * @param workflows chains and batches
 * @param leases unique keys that a coordinator keeps
 */
public record JobSupplies(
        HandlerFactory factory,
        List<Middleware> middleware,
        Map<String, List<Middleware>> queueMiddleware,
        Map<Class<?>, RefResolver<?>> resolvers,
        Optional<Cluster> cluster,
        Limits limits,
        LateWorkflows workflows,
        UniqueLeases leases) {
    public static final JobSupplies NONE = new JobSupplies(HandlerFactory.CONSTRUCTOR, List.of(), Map.of(), Map.of());

    public JobSupplies {
        middleware = List.copyOf(middleware);
        queueMiddleware = Map.copyOf(queueMiddleware);
        resolvers = Map.copyOf(resolvers);
    }

    /** Supplies where there is no cluster. */
    public JobSupplies(
            HandlerFactory factory,
            List<Middleware> middleware,
            Map<String, List<Middleware>> queueMiddleware,
            Map<Class<?>, RefResolver<?>> resolvers) {
        this(factory, middleware, queueMiddleware, resolvers, Optional.empty(), Limits.none());
    }

    /** Supplies where nothing is kept. */
    public JobSupplies(
            HandlerFactory factory,
            List<Middleware> middleware,
            Map<String, List<Middleware>> queueMiddleware,
            Map<Class<?>, RefResolver<?>> resolvers,
            Optional<Cluster> cluster,
            Limits limits) {
        this(
                factory,
                middleware,
                queueMiddleware,
                resolvers,
                cluster,
                limits,
                new LateWorkflows(),
                UniqueLeases.none());
    }

    /** The same with coordinators that keep unique keys. */
    public JobSupplies withLeases(UniqueLeases changed) {
        return new JobSupplies(factory, middleware, queueMiddleware, resolvers, cluster, limits, workflows, changed);
    }

    /** What wraps a job of {@code queue}, the outermost first: for all, for its queue, its own. M1 */
    public List<Middleware> around(Object job, String queue) {
        List<Middleware> ofQueue = queueMiddleware.getOrDefault(queue, List.of());
        List<Middleware> own = job instanceof Dispatchable says ? says.middleware() : List.of();
        if (ofQueue.isEmpty() && own.isEmpty()) {
            return middleware;
        }
        List<Middleware> all = new ArrayList<>(middleware);
        all.addAll(ofQueue);
        all.addAll(own);
        return all;
    }

    /**
     * What {@code ref} refers to.
     *
     * @throws MissingRefException it is gone
     * @throws IllegalStateException no resolver is registered for its class
     */
    public <T> T resolve(Ref<T> ref) {
        RefResolver<?> resolver = resolvers.get(ref.type());
        if (resolver == null) {
            throw new IllegalStateException("Nothing here finds a " + ref.type().getName()
                    + "; register a resolver for it where jobs run that refer to one");
        }
        return resolver.find(ref.id()).map(ref.type()::cast).orElseThrow(() -> new MissingRefException(ref));
    }
}
