package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.ClusterException;
import io.muster.queue.QueueException;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoreException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Jobs that were pushed together, and what must become of them whatever happens: each is settled once, none is lost. */
final class Batch {
    private final ThreeNodes nodes;
    private final QueueCounts before;
    private final Set<String> jobs = new LinkedHashSet<>();

    /** An empty batch; nothing else may be live in the queue. */
    Batch(ThreeNodes nodes) {
        this.nodes = nodes;
        this.before = nodes.counts();
        assertThat(before.live()).as("jobs of an earlier case").isZero();
    }

    Batch push(int count, Duration work) {
        List<Work> payloads = Collections.nCopies(count, new Work(work.toMillis()));
        jobs.addAll(nodes.client().bulk(ThreeNodes.QUEUE, payloads));
        return this;
    }

    /** Pushes, and again where others were faster, until the node runs one of these: it may have come back only just now. */
    Batch pushUntilOneRuns(NodeProcess node, int count, Duration work) {
        push(count, work);
        ThreeNodes.eventually(() -> {
            if (ThreeNodes.isRunning(node, jobs, 1)) {
                return true;
            }
            if (nodes.counts().live() == 0) {
                push(count, work);
            }
            return false;
        });
        return this;
    }

    /** As {@link #push}; answers the ids of these. */
    Set<String> add(int count, Duration work) {
        Set<String> former = Set.copyOf(jobs);
        push(count, work);
        Set<String> added = new LinkedHashSet<>(jobs);
        added.removeAll(former);
        return added;
    }

    /** Pushes one by one under ids of our own, again and again where the outcome is unknown. */
    Batch pushStubbornly(int count, Duration work) {
        for (int i = 0; i < count; i++) {
            pushStubbornly(UUID.randomUUID().toString(), work);
        }
        return this;
    }

    /** Pushes a job under this id until it is accepted; perhaps it was pushed before. */
    void pushStubbornly(String id, Duration work) {
        ThreeNodes.eventually(() -> isPushed(id, work));
        jobs.add(id);
    }

    private boolean isPushed(String id, Duration work) {
        try {
            return nodes.client()
                    .job(new Work(work.toMillis()))
                    .id(id)
                    .dispatch()
                    .jobId()
                    .equals(id);
        } catch (StoreException | ClusterException | QueueException again) {
            return false;
        }
    }

    Set<String> jobs() {
        return jobs;
    }

    /** Waits until nothing of it is left to do, and checks the accounts. Answers a sentence with the figures. */
    String settledOnce() {
        ThreeNodes.eventually(() -> {
            QueueCounts now = nodes.counts();
            return now.live() == 0 && now.completed() - before.completed() >= jobs.size();
        });
        QueueCounts now = nodes.counts();
        List<Line> lines = nodes.lines(jobs);
        assertThat(now.completed() - before.completed()).as("completed").isEqualTo(jobs.size());
        assertThat(now.failed() - before.failed()).as("failed").isZero();
        assertThat(by(lines, Line.Kind.FAILED)).isEmpty();
        assertThat(by(lines, Line.Kind.DONE).keySet()).as("ran to the end").isEqualTo(jobs);
        assertThat(by(lines, Line.Kind.SETTLED).values())
                .as("accepted settlements per job")
                .allMatch(times -> times == 1);
        long runs =
                lines.stream().filter(line -> line.kind() == Line.Kind.BEGAN).count();
        return "pushed " + jobs.size() + ", settled " + (now.completed() - before.completed())
                + ", lost 0, handler runs " + runs;
    }

    List<Line> lines() {
        return nodes.lines(jobs);
    }

    private static Map<String, Long> by(List<Line> lines, Line.Kind kind) {
        return lines.stream()
                .filter(line -> line.kind() == kind)
                .map(Line::job)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
