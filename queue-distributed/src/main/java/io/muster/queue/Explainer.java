package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.cluster.NodeStatus;
import io.muster.queue.distribution.QueueGroups;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.Explanation;
import io.muster.queue.explain.NodeCause;
import io.muster.queue.explain.WorkflowCause;
import io.muster.queue.job.JobTypes;
import io.muster.queue.node.NodeReport;
import io.muster.queue.node.Orders;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolStats;
import io.muster.queue.worker.RunningJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out what holds a job: asks the store, the coordinator, and the nodes for their figures. Reads only. */
final class Explainer {
    private static final Duration FIGURES_PATIENCE = Duration.ofSeconds(1);
    private static final int MOST_LOOKED_AT = 500;
    private static final int TRIES = 2;

    private final QueueSettings settings;
    private final String connection;
    private final Cluster cluster;
    private final JobStore store;
    private final MiddlewareCauses middleware;
    private final WorkflowSearch workflows;
    private final Orders orders;
    private final ClusterSight sight;
    private final Supplier<List<RunningJob>> runningHere;

    Explainer(
            QueueSettings settings,
            String connection,
            Cluster cluster,
            JobStore store,
            JobTypes types,
            Orders orders,
            ClusterSight sight,
            Supplier<List<RunningJob>> runningHere) {
        this.settings = settings;
        this.connection = connection;
        this.cluster = cluster;
        this.store = store;
        this.middleware = new MiddlewareCauses(cluster, types);
        this.workflows = new WorkflowSearch(store, this::heldUp);
        this.orders = orders;
        this.sight = sight;
        this.runningHere = runningHere;
    }

    Explanation explain(String jobId) {
        Optional<StoredJob> job = store.intake().find(jobId);
        return job.isPresent() ? explained(jobId, job) : notThere(jobId);
    }

    private Explanation explained(String jobId, Optional<StoredJob> job) {
        CoordinatorQuestions questions = new CoordinatorQuestions();
        List<Cause> causes = job.map(found -> causes(found, questions)).orElse(List.of());
        return new Explanation(jobId, job, questions.with(causes));
    }

    /** What is being pushed while it is looked for is looked for once more: it is behind where it was, or in the store. */
    private Explanation notThere(String id) {
        List<Cause> causes = workflows.unknown(id);
        for (int tries = 1; tries < TRIES && isUnknown(causes); tries++) {
            Optional<StoredJob> job = store.intake().find(id);
            if (job.isPresent()) {
                return explained(id, job);
            }
            causes = workflows.unknown(id);
        }
        CoordinatorQuestions questions = new CoordinatorQuestions();
        boolean waits = causes.stream().anyMatch(WorkflowCause.OnItsWay.class::isInstance);
        boolean missing = waits
                && questions.ask(
                        false, () -> cluster.leader(QueueGroups.DEFAULT).isEmpty());
        List<Cause> noLeader = missing ? List.of(new Cause.NoLeader(QueueGroups.DEFAULT)) : List.of();
        return new Explanation(id, Optional.empty(), questions.with(and(causes, noLeader)));
    }

    static List<Cause> and(List<Cause> some, List<Cause> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static boolean isUnknown(List<Cause> causes) {
        return causes.stream().allMatch(Cause.UnknownId.class::isInstance);
    }

    /** As the leader says that relays, which is that of the default group; unknown while the coordinator does not answer. */
    private Optional<WorkflowCause.OnItsWay.HeldUp> heldUp(Optional<String> other) {
        return new CoordinatorQuestions().ask(Optional.empty(), () -> heldUpByLeader(other));
    }

    private Optional<WorkflowCause.OnItsWay.HeldUp> heldUpByLeader(Optional<String> other) {
        FigureRequests.ask(cluster, FIGURES_PATIENCE);
        String name = other.filter(each -> !each.equals(connection)).orElse(NodeReport.HERE);
        return cluster.leader(QueueGroups.DEFAULT).flatMap(leader -> cluster.nodes().stream()
                .filter(node -> node.id().equals(leader.node()))
                .flatMap(node -> NodeReport.of(node).stream())
                .flatMap(report -> Optional.ofNullable(report.held().get(name)).stream())
                .findFirst()
                .map(held -> new WorkflowCause.OnItsWay.HeldUp(leader.node().name(), held.since(), held.reason())));
    }

    private List<Cause> causes(StoredJob job, CoordinatorQuestions questions) {
        return switch (job.state()) {
            case DELAYED -> withBatch(job, delayed(job, questions));
            case READY -> withBatch(job, ready(job, questions));
            case ASSIGNED -> List.of(held(job, questions, Cause.AssignedTo::new));
            case RUNNING -> List.of(held(job, questions, node -> running(node, job.id(), questions)));
            case COMPLETED, FAILED, DISCARDED -> settled(job);
        };
    }

    private List<Cause> delayed(StoredJob job, CoordinatorQuestions questions) {
        List<Cause> causes = new ArrayList<>();
        job.dueAt()
                .ifPresent(due ->
                        causes.add(new Cause.DelayedUntil(due, job.counters().starts())));
        causes.addAll(middleware.of(job));
        boolean due = job.dueAt().filter(moment -> moment.isAfter(now())).isEmpty();
        if (due) {
            causes.addAll(questions.ask(List.of(), () -> noLeader(job.queue())));
        }
        return causes;
    }

    private List<Cause> withBatch(StoredJob job, List<Cause> causes) {
        return and(causes, workflows.batchOf(job).stream().toList());
    }

    private List<Cause> settled(StoredJob job) {
        Cause how = new Cause.Settled(job.state(), job.settledAt(), job.reason());
        return and(List.of(how), workflows.chainOf(job.id()).stream().toList());
    }

    private List<Cause> ready(StoredJob job, CoordinatorQuestions questions) {
        List<Cause> causes = new ArrayList<>();
        JobObstacles obstacles = store.intake().obstacles(job.id());
        obstacles.pausedBy().ifPresent(by -> causes.add(Cause.QueuePaused.of(job.queue(), by)));
        causes.addAll(questions.ask(List.of(), () -> noLeader(job.queue())));
        causes.addAll(questions.ask(List.of(), () -> nobodyCan(job)));
        obstacles
                .overlap()
                .ifPresent(key -> causes.add(new Cause.OverlapKeyHeld(
                        key.key(), key.holderJobId(), nodeOfJob(key.holderJobId(), questions))));
        return causes.isEmpty() && questions.allAnswered() ? List.of(new Cause.AboutToRun()) : causes;
    }

    /** Why no node takes it, as far as that is for the nodes to say. */
    private List<Cause> nobodyCan(StoredJob job) {
        FigureRequests.ask(cluster, FIGURES_PATIENCE);
        List<NodeView> nodes = sight.nodes();
        List<NodeView> serving = nodes.stream()
                .filter(view -> view.node().registration().queues().contains(job.queue()))
                .toList();
        if (serving.isEmpty()) {
            return List.of(new Cause.QueueUnserved(
                    job.queue(),
                    byNode(nodes, view -> view.node().registration().queues())));
        }
        List<NodeView> able = serving.stream()
                .filter(view -> view.node().registration().jobTypes().contains(job.type()))
                .toList();
        if (able.isEmpty()) {
            return List.of(new Cause.TypeUnserved(job.type(), job.queue(), byNode(serving, NodeView::jobTypes)));
        }
        List<NodeView> working = able.stream()
                .filter(view -> view.node().status() == NodeStatus.ONLINE
                        && pools(view, job.queue())
                                .anyMatch(pool -> pool.stats().status() == PoolStats.Status.RUNNING))
                .toList();
        if (working.isEmpty()) {
            return notWorking(able, job.queue());
        }
        Optional<Cause> suspects = job.counters().isSuspect() ? otherSuspects(job, working) : Optional.empty();
        return Stream.concat(suspects.stream(), slots(job.queue(), working).stream())
                .toList();
    }

    private List<Cause> notWorking(List<NodeView> able, String queue) {
        Map<String, String> states = able.stream()
                .collect(Collectors.toMap(Explainer::name, view -> state(view, queue), (one, other) -> one));
        String maintained = PoolStats.Status.MAINTENANCE.toString();
        Optional<Cause> maintenance = states.containsValue(maintained)
                ? orders.read()
                        .maintenance()
                        .map(order -> new NodeCause.InMaintenance(order.by(), order.reason(), order.since()))
                : Optional.empty();
        boolean onlyThat = maintenance.isPresent() && states.values().stream().allMatch(maintained::equals);
        return Stream.concat(
                        maintenance.stream(), onlyThat ? Stream.empty() : Stream.of(new Cause.NodesNotWorking(states)))
                .toList();
    }

    private static Optional<Cause> slots(String queue, List<NodeView> working) {
        int total = 0;
        Map<String, Integer> full = new TreeMap<>();
        for (NodeView view : working) {
            List<PoolStats> pools = pools(view, queue)
                    .map(NodeReport.Pool::stats)
                    .filter(pool -> pool.status() == PoolStats.Status.RUNNING)
                    .toList();
            total += pools.stream().mapToInt(PoolStats::total).sum();
            if (pools.stream().anyMatch(pool -> pool.idle() > 0)) {
                Optional<Integer> most = fullAt(view);
                if (most.isEmpty()) {
                    return Optional.empty();
                }
                full.put(name(view), most.get());
            }
        }
        return Optional.of(
                full.isEmpty()
                        ? new Cause.SlotsBusy(
                                queue,
                                total,
                                total,
                                working.stream().map(Explainer::name).sorted().toList())
                        : new NodeCause.NodesFull(full));
    }

    /** How many handlers run at once on a node that may run no more. */
    private static Optional<Integer> fullAt(NodeView view) {
        int active =
                view.pools().stream().mapToInt(pool -> pool.stats().active()).sum();
        return NodeReport.of(view.node()).flatMap(NodeReport::maxConcurrency).filter(most -> active >= most);
    }

    private Optional<Cause> otherSuspects(StoredJob job, List<NodeView> working) {
        Map<String, String> byIncarnation = new HashMap<>();
        for (QueueCounts counts : store.intake().counts()) {
            for (JobState state : List.of(JobState.ASSIGNED, JobState.RUNNING)) {
                store.intake().list(counts.queue(), state, Optional.empty(), MOST_LOOKED_AT).jobs().stream()
                        .filter(other ->
                                other.counters().isSuspect() && !other.id().equals(job.id()))
                        .forEach(other -> other.holder().ifPresent(holder -> byIncarnation.put(holder, other.id())));
            }
        }
        Map<String, String> byNode = new TreeMap<>();
        for (NodeView view : working) {
            String suspect = byIncarnation.get(view.node().id().incarnation());
            if (suspect == null) {
                return Optional.empty();
            }
            byNode.put(name(view), suspect);
        }
        return Optional.of(new Cause.SuspectWaits(byNode));
    }

    /** While the coordinator does not answer, as the store says: whether the node is lost cannot be told. */
    private Cause held(StoredJob job, CoordinatorQuestions questions, Function<String, Cause> cause) {
        String incarnation = job.holder().orElse("");
        Optional<String> live = questions.ask(Optional.empty(), () -> liveNode(incarnation));
        if (live.isEmpty() && questions.allAnswered()) {
            return new Cause.NodeLost(formerNode(incarnation));
        }
        return cause.apply(live.orElseGet(() -> formerNode(incarnation)));
    }

    private Optional<String> nodeOfJob(String jobId, CoordinatorQuestions questions) {
        return store.intake().find(jobId).flatMap(StoredJob::holder).map(holder -> questions
                .ask(Optional.<String>empty(), () -> liveNode(holder))
                .orElseGet(() -> formerNode(holder)));
    }

    private Optional<String> liveNode(String incarnation) {
        return cluster.nodes().stream()
                .filter(node -> node.id().incarnation().equals(incarnation))
                .map(node -> node.id().name())
                .findFirst();
    }

    private String formerNode(String incarnation) {
        return store.leader().incarnations().stream()
                .filter(known -> known.incarnation().equals(incarnation))
                .map(IncarnationRecord::node)
                .findFirst()
                .orElse(incarnation);
    }

    /** Where nodes reserve for themselves, no leader is needed. */
    private List<Cause> noLeader(String queue) {
        boolean needed = settings.jobDistribution() == QueueSettings.JobDistribution.ENABLED
                && cluster.nodes().stream().anyMatch(NodeReport::takesPartInElections);
        return needed && cluster.leader(group(queue)).isEmpty() ? List.of(new Cause.NoLeader(group(queue))) : List.of();
    }

    /** As the nodes know it; a client may know no groups. */
    private String group(String queue) {
        return Stream.concat(
                        Stream.of(settings.groups()),
                        cluster.nodes().stream()
                                .flatMap(node -> NodeReport.of(node).stream())
                                .map(report -> report.groups().named()))
                .map(groups -> groups.of(queue))
                .filter(group -> !group.equals(QueueGroups.DEFAULT))
                .findFirst()
                .orElse(QueueGroups.DEFAULT);
    }

    private static Stream<NodeReport.Pool> pools(NodeView view, String queue) {
        return view.pools().stream().filter(pool -> pool.queues().contains(queue));
    }

    private static String state(NodeView view, String queue) {
        if (view.node().status() != NodeStatus.ONLINE) {
            return view.node().status().toString();
        }
        return pools(view, queue)
                .map(pool -> pool.stats().status().toString())
                .distinct()
                .collect(Collectors.joining("/"));
    }

    private static Map<String, List<String>> byNode(List<NodeView> nodes, Function<NodeView, Collection<String>> what) {
        Map<String, List<String>> byNode = new TreeMap<>();
        nodes.forEach(view ->
                byNode.put(name(view), what.apply(view).stream().sorted().toList()));
        return byNode;
    }

    private static String name(NodeView view) {
        return view.node().id().name();
    }

    private Cause running(String node, String jobId, CoordinatorQuestions questions) {
        Optional<RunningJob> here = runningHere.get().stream()
                .filter(job -> job.jobId().equals(jobId))
                .findFirst();
        Optional<Integer> progress = here.map(RunningJob::progress)
                .filter(percent -> percent > 0)
                .or(() -> questions.ask(Optional.empty(), () -> progress(node, jobId, here.isPresent())));
        return new Cause.Running(node, here.map(job -> now().minus(job.runningFor())), progress);
    }

    /** As the node has published; unless it is this one it is asked to do so first. */
    private Optional<Integer> progress(String node, String jobId, boolean here) {
        if (!here) {
            FigureRequests.ask(cluster, FIGURES_PATIENCE);
        }
        return sight.nodes().stream()
                .filter(view -> name(view).equals(node))
                .flatMap(view -> Optional.ofNullable(view.progress().get(jobId)).stream())
                .findFirst();
    }

    private Instant now() {
        return cluster.options().timeline().clock().instant();
    }
}
