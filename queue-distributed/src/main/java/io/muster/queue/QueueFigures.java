package io.muster.queue;

import io.muster.cluster.Leader;
import io.muster.queue.explain.Cause;
import io.muster.queue.explain.Explanation;
import io.muster.queue.failed.FailedJob;
import io.muster.queue.node.Maintenance;
import io.muster.queue.node.NodeReport;
import io.muster.queue.schedule.ScheduleView;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import io.muster.queue.worker.PoolStats;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stats and nodes as plain maps, lists, texts and numbers, ready to be written as JSON: the same names wherever Muster shows them.
 * Jobs are named as people know them: pending is READY, reserved ASSIGNED, processing RUNNING. C8, F3
 */
public final class QueueFigures {
    private QueueFigures() {}

    /** The cluster's stats with the pools of its nodes. */
    public static Map<String, @Nullable Object> stats(QueueStats stats, List<NodeView> nodes) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("nodeId", stats.nodeId());
        figures.put("isLeader", stats.isLeader());
        figures.put("leaderId", stats.leaderId().orElse(null));
        figures.put("term", stats.term().orElse(null));
        figures.put("totalNodes", stats.totalNodes());
        figures.put("onlineNodes", stats.onlineNodes());
        figures.put("nobodyCampaigns", stats.nobodyCampaigns());
        figures.put(
                "maintenance",
                stats.maintenance().map(QueueFigures::maintenance).orElse(null));
        figures.put("jobs", jobs(stats.queues()));
        figures.put("queues", stats.queues().stream().map(QueueFigures::queue).toList());
        figures.put("groups", groups(stats.groups()));
        figures.put(
                "pools", nodes.stream().flatMap(node -> pools(node).stream()).toList());
        return figures;
    }

    /** Maintenance: by whom, why, since when. K6 */
    public static Map<String, @Nullable Object> maintenance(Maintenance maintenance) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("by", maintenance.by());
        figures.put("reason", maintenance.reason());
        figures.put("since", maintenance.since().toString());
        return figures;
    }

    /** Distribution groups with their leaders. */
    public static List<Map<String, @Nullable Object>> groups(List<GroupView> groups) {
        return groups.stream().map(QueueFigures::group).toList();
    }

    private static Map<String, @Nullable Object> group(GroupView view) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("group", view.group());
        figures.put("queues", view.queues());
        figures.put("leaderId", view.leader().map(now -> now.node().name()).orElse(null));
        figures.put(
                "incarnation",
                view.leader().map(now -> now.node().incarnation()).orElse(null));
        figures.put("term", view.leader().map(Leader::term).orElse(null));
        return figures;
    }

    /** What holds a job: each cause with its code, its sentence and what it names. */
    public static Map<String, @Nullable Object> explanation(Explanation explanation) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("id", explanation.jobId());
        figures.put("type", explanation.job().map(StoredJob::type).orElse(null));
        figures.put("queue", explanation.job().map(StoredJob::queue).orElse(null));
        figures.put("state", explanation.job().map(job -> job.state().name()).orElse(null));
        figures.put(
                "causes", explanation.causes().stream().map(QueueFigures::cause).toList());
        return figures;
    }

    private static Map<String, @Nullable Object> cause(Cause cause) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("cause", cause.code());
        figures.put("text", cause.text());
        figures.putAll(cause.details());
        return figures;
    }

    /** Nodes with their pools. */
    public static List<Map<String, @Nullable Object>> nodes(List<NodeView> nodes) {
        return nodes.stream().map(QueueFigures::node).toList();
    }

    /** Schedules with their next and last runs. */
    public static List<Map<String, @Nullable Object>> schedules(List<ScheduleView> schedules) {
        return schedules.stream().map(QueueFigures::schedule).toList();
    }

    private static Map<String, @Nullable Object> schedule(ScheduleView view) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("name", view.name());
        figures.put("cron", view.cron());
        figures.put("zone", view.zone().getId());
        figures.put("type", view.type());
        figures.put("queue", view.queue());
        figures.put("misfire", view.misfire().policy().name());
        figures.put("withoutOverlapping", view.withoutOverlapping());
        figures.put("logLevel", view.level().name());
        figures.put("pausedBy", view.pausedBy().orElse(null));
        figures.put("nextRun", view.nextRun().map(Object::toString).orElse(null));
        figures.put("lastRun", view.lastRun().map(Object::toString).orElse(null));
        return figures;
    }

    /** Types that wait because nobody serves them. */
    public static List<Map<String, @Nullable Object>> unserved(List<UnservedType> types) {
        return types.stream().map(QueueFigures::unserved).toList();
    }

    /** A failed job, without its stack trace; {@code failedAt} and {@code node} are null if they are not known. F1 */
    public static Map<String, @Nullable Object> failed(FailedJob job) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("id", job.id());
        figures.put("connection", job.connection());
        figures.put("queue", job.queue());
        figures.put("type", job.type());
        figures.put("tags", job.tags().stream().sorted().toList());
        figures.put("pushedAt", job.pushedAt().toString());
        figures.put("failedAt", job.failedAt().map(Instant::toString).orElse(null));
        figures.put("node", job.node().orElse(null));
        figures.put("exception", job.exception());
        Map<String, @Nullable Object> attempts = new LinkedHashMap<>();
        attempts.put("starts", job.attempts().starts());
        attempts.put("exceptions", job.attempts().exceptions());
        attempts.put("timeouts", job.attempts().timeouts());
        attempts.put("releases", job.attempts().releases());
        attempts.put("crashes", job.attempts().crashes());
        figures.put("attempts", attempts);
        return figures;
    }

    private static Map<String, @Nullable Object> unserved(UnservedType type) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("queue", type.queue());
        figures.put("type", type.type());
        figures.put("jobs", type.jobs());
        return figures;
    }

    private static Map<String, @Nullable Object> node(NodeView view) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("node", view.node().id().name());
        figures.put("incarnation", view.node().id().incarnation());
        figures.put("status", view.node().status().name());
        figures.put("leads", view.leads());
        figures.put("groups", view.groups());
        figures.put("address", view.node().registration().address());
        figures.put("port", view.node().registration().port());
        figures.put("startedAt", view.node().startedAt().toString());
        figures.put("lastSeen", view.node().lastSeen().toString());
        figures.put("labels", view.node().registration().labels());
        figures.put("jobTypes", view.jobTypes());
        figures.put(
                "queues", view.node().registration().queues().stream().sorted().toList());
        figures.put("stuck", view.stuck());
        figures.put("progress", new TreeMap<>(view.progress()));
        figures.put("pools", pools(view));
        return figures;
    }

    private static Map<String, @Nullable Object> jobs(List<QueueCounts> queues) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("total", sum(queues, counts -> counts.live() + counts.completed() + counts.failed()));
        figures.put("pending", sum(queues, QueueCounts::ready));
        figures.put("reserved", sum(queues, QueueCounts::assigned));
        figures.put("processing", sum(queues, QueueCounts::running));
        figures.put("delayed", sum(queues, QueueCounts::delayed));
        figures.put("completed", sum(queues, QueueCounts::completed));
        figures.put("failed", sum(queues, QueueCounts::failed));
        return figures;
    }

    private static long sum(List<QueueCounts> queues, ToLongFunction<QueueCounts> figure) {
        return queues.stream().mapToLong(figure).sum();
    }

    private static Map<String, @Nullable Object> queue(QueueCounts counts) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("queue", counts.queue());
        figures.put("pending", counts.ready());
        figures.put("reserved", counts.assigned());
        figures.put("processing", counts.running());
        figures.put("delayed", counts.delayed());
        figures.put("completed", counts.completed());
        figures.put("failed", counts.failed());
        figures.put("paused", counts.paused());
        return figures;
    }

    private static List<Map<String, @Nullable Object>> pools(NodeView node) {
        return node.pools().stream()
                .map(pool -> pool(node.node().id().name(), pool))
                .toList();
    }

    private static Map<String, @Nullable Object> pool(String node, NodeReport.Pool pool) {
        PoolStats stats = pool.stats();
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        figures.put("node", node);
        figures.put("pool", pool.name());
        figures.put("queues", pool.queues());
        figures.put("status", stats.status().name());
        figures.put("total", stats.total());
        figures.put("active", stats.active());
        figures.put("idle", stats.idle());
        figures.put("started", stats.started());
        figures.put("processed", stats.processed());
        figures.put("completed", stats.completed());
        figures.put("failed", stats.failed());
        figures.put("retried", stats.retried());
        figures.put("stale", stats.stale());
        figures.put("stuck", stats.stuck());
        return figures;
    }
}
