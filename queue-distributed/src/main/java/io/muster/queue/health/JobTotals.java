package io.muster.queue.health;

import io.muster.queue.store.QueueCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Jobs of all queues by state. F3
 *
 * @param total all of these
 * @param pending ready and not assigned
 * @param processing running
 * @param failed kept as failed
 * @param completed ever completed, discarded ones included
 * @param delayed not due yet
 * @param reserved assigned to a node and not taken yet
 */
public record JobTotals(
        long total, long pending, long processing, long failed, long completed, long delayed, long reserved) {
    public static JobTotals of(List<QueueCounts> queues) {
        return new JobTotals(
                sum(queues, counts -> counts.live() + counts.completed() + counts.failed()),
                sum(queues, QueueCounts::ready),
                sum(queues, QueueCounts::running),
                sum(queues, QueueCounts::failed),
                sum(queues, QueueCounts::completed),
                sum(queues, QueueCounts::delayed),
                sum(queues, QueueCounts::assigned));
    }

    /** Ready to be written as JSON: {@code total_jobs}, {@code pending_jobs} and so on. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("total_jobs", total);
        figures.put("pending_jobs", pending);
        figures.put("processing_jobs", processing);
        figures.put("failed_jobs", failed);
        figures.put("completed_jobs", completed);
        figures.put("delayed_jobs", delayed);
        figures.put("reserved_jobs", reserved);
        return figures;
    }

    private static long sum(List<QueueCounts> queues, ToLongFunction<QueueCounts> figure) {
        return queues.stream().mapToLong(figure).sum();
    }
}
