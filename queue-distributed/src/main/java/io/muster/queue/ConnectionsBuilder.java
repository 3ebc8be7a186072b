package io.muster.queue;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.distribution.QueueOrder;
import io.muster.queue.job.Handler;
import io.muster.queue.job.JobType;
import io.muster.queue.job.JobTypes;
import io.muster.queue.schedule.LocalSchedules;
import io.muster.queue.schedule.Schedules;
import io.muster.queue.sync.SyncJobs;
import io.muster.queue.sync.SyncLimits;
import io.muster.queue.worker.CallerRun;
import io.muster.queue.worker.FailureTeller;
import io.muster.queue.worker.PoolOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects what a process brings to its connections. Not thread-safe. */
public final class ConnectionsBuilder {
    private static final String CALLER = "caller";

    private final ConnectionsText.Read settings;
    private final List<Consumer<QueueBuilder>> registrations = new ArrayList<>();
    private final Map<String, List<PoolOptions>> working = new LinkedHashMap<>();
    private Timeline timeline = SystemTimeline.instance();

    ConnectionsBuilder(ConnectionsText.Read settings) {
        this.settings = settings;
    }

    /** A type that this process pushes and does not work on. */
    public <T> ConnectionsBuilder type(String name, Class<T> jobClass) {
        return each(queue -> queue.type(name, jobClass));
    }

    /** A type that this process pushes and works on, with default options. */
    public <T> ConnectionsBuilder handle(String name, Class<T> jobClass, Handler<? super T> handler) {
        return each(queue -> queue.handle(name, jobClass, handler));
    }

    /** A type that this process pushes and works on: with {@code sync} in the caller, else on the connections it works on. */
    public <T> ConnectionsBuilder handle(JobType<T> type, Handler<? super T> handler) {
        return each(queue -> queue.handle(type, handler));
    }

    /** Whatever else all connections are to have: types that handle themselves, a factory, middleware, pipes. */
    public ConnectionsBuilder each(Consumer<QueueBuilder> registration) {
        registrations.add(registration);
        return this;
    }

    /**
     * This process works on the connection too, in these pools; without any, in one that serves its default queue with {@code
     * muster.worker-count} slots. On the others it only dispatches.
     */
    public ConnectionsBuilder work(String connection, PoolOptions... pools) {
        working.put(connection, List.of(pools));
        return this;
    }

    /** Time, threads and randomness, for tests. */
    public ConnectionsBuilder timeline(Timeline given) {
        timeline = given;
        return this;
    }

    /** Connects all, and begins to work where it was told to. */
    public Connections open() {
        Connections connections = new Connections(settings.defaultName());
        try {
            working.keySet().forEach(this::checkWork);
            for (ConnectionSettings each : settings.connections().values()) {
                connections.add(open(each, connections));
            }
            return connections;
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    private void checkWork(String name) {
        ConnectionSettings connection = settings.connections().get(name);
        if (connection == null || !connection.driver().keepsJobs()) {
            throw new ClusterConfigurationException("Connection \"" + name + "\" "
                    + (connection == null ? "is not configured" : "keeps no jobs to work on") + "; there are "
                    + settings.connections().keySet());
        }
    }

    private Connection open(ConnectionSettings each, Connections all) {
        QueueBuilder builder = Queue.of(each.node().withQueues(QueueOrder.strict(each.queue())))
                .timeline(timeline)
                .connection(each.name())
                .neighbours(Neighbours.of(all));
        if (each.afterCommit()) {
            builder.afterCommit();
        }
        registrations.forEach(registration -> registration.accept(builder));
        return switch (each.driver()) {
            case SYNC, NULL -> connection(each, builder);
            case MEMORY, CLUSTER, REDIS, DATABASE -> {
                Queue queue = queue(each, builder);
                Dispatcher dispatcher = dispatcher(each, builder, queue.outlet());
                yield new Connection(
                        each,
                        dispatcher,
                        new Connection.Backing(
                                queue.outlet(),
                                queue.schedules(dispatcher),
                                Optional.of(queue),
                                Optional.of(queue.workflows(dispatcher, builder, queue.types())),
                                builder.events(),
                                queue::close));
            }
        };
    }

    /** One that keeps nothing. */
    private Connection connection(ConnectionSettings each, QueueBuilder builder) {
        JobTypes types = builder.types(Optional.empty(), Optional.of(new SyncLimits(timeline)));
        WorkerEvents events = new WorkerEvents(each.name(), builder.events());
        SyncJobs jobs = new SyncJobs(
                new CallerRun(types, CALLER, timeline, events),
                types.supplies().workflows(),
                timeline,
                new CallerWay(each.name(), builder.neighbours()::pushing, any -> true, any -> {}));
        Outlet outlet = each.driver() == Driver.SYNC
                ? Storeless.sync(types, jobs, timeline)
                : Storeless.dropping(types, timeline);
        Dispatcher dispatcher = dispatcher(each, builder, outlet);
        Optional<WorkflowDesk> workflows = each.driver() == Driver.SYNC
                ? Optional.of(new WorkflowDesk(
                        new CallerWorkflows(jobs),
                        dispatcher,
                        outlet,
                        new FailureTeller(types, events),
                        types.supplies().workflows()))
                : Optional.empty();
        workflows.ifPresent(types.supplies().workflows()::bind);
        LocalSchedules desk = new LocalSchedules(each.name(), timeline, outlet::push);
        Schedules schedules =
                new Schedules(desk, timeline, CALLER, new Schedules.Pushing(dispatcher::scheduled, outlet::push));
        return new Connection(
                each,
                dispatcher,
                new Connection.Backing(outlet, schedules, Optional.empty(), workflows, builder.events(), () -> {
                    desk.close();
                    builder.events().close();
                }));
    }

    private Dispatcher dispatcher(ConnectionSettings each, QueueBuilder builder, Outlet outlet) {
        JobTypes types = builder.types();
        return Dispatcher.of(
                builder,
                builder.place(each.queue(), outlet),
                types,
                new CallerRun(types, CALLER, timeline, new WorkerEvents(each.name(), builder.events())));
    }

    private Queue queue(ConnectionSettings each, QueueBuilder builder) {
        List<PoolOptions> pools = working.get(each.name());
        if (pools == null) {
            return builder.connect();
        }
        pools.forEach(builder::pool);
        return builder.start();
    }
}
