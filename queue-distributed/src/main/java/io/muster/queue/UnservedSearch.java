package io.muster.queue;

import io.muster.cluster.Node;
import io.muster.queue.node.NodeReport;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore.Intake;
import io.muster.queue.store.QueueCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks among the longest waiting jobs of each queue for those that nobody can run. Jobs that can be run do not wait there for long. */
final class UnservedSearch {
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 5;

    private UnservedSearch() {}

    static List<UnservedType> search(Intake intake, List<Node> nodes) {
        List<UnservedType> found = new ArrayList<>();
        for (QueueCounts counts : intake.counts()) {
            if (counts.ready() > 0) {
                search(intake, counts.queue(), nodes)
                        .forEach((type, jobs) -> found.add(new UnservedType(counts.queue(), type, jobs)));
            }
        }
        return found;
    }

    private static Map<String, Integer> search(Intake intake, String queue, List<Node> nodes) {
        Map<String, Integer> jobs = new TreeMap<>();
        Optional<String> from = Optional.empty();
        for (int page = 0; page < MOST_PAGES; page++) {
            JobPage waiting = intake.list(queue, JobState.READY, from, PAGE);
            waiting.jobs().stream()
                    .filter(job -> nodes.stream().noneMatch(node -> serves(node, queue, job.type())))
                    .forEach(job -> jobs.merge(job.type(), 1, Integer::sum));
            if (waiting.next().isEmpty()) {
                break;
            }
            from = waiting.next();
        }
        return jobs;
    }

    private static boolean serves(Node node, String queue, String type) {
        boolean served = NodeReport.of(node)
                .map(report ->
                        report.atWork().stream().anyMatch(pool -> pool.queues().contains(queue)))
                .orElseGet(() -> node.registration().queues().contains(queue));
        return served && node.registration().jobTypes().contains(type);
    }
}
