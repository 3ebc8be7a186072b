package io.muster.queue.testkit.operation;

import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What operations on a queue come to once everything that can run has run, said as simply as possible and without a word of how it is done: one list
 * of jobs, through which it goes again and again until nothing changes.
 */
final class JobModel {
    private final List<ModelJob> jobs = new ArrayList<>();
    private final List<ModelBatch> batches = new ArrayList<>();
    private final Set<String> paused = new HashSet<>();
    private final Set<String> mayEnd = new HashSet<>();
    private final Set<String> healed = new HashSet<>();
    private final Map<String, Long> everCompleted = new TreeMap<>();
    private final Map<String, Integer> expectedRuns = new TreeMap<>();

    List<ModelBatch> batches() {
        return batches;
    }

    Stream<ModelJob> in(JobState state) {
        return jobs.stream().filter(job -> job.state == state);
    }

    /** Jobs that wait for another one's overlap key. */
    boolean someWaitForKeys() {
        return in(JobState.READY).anyMatch(job -> job.overlap != null && !paused.contains(job.queue));
    }

    /** Jobs that were told to wait and have not been told to end, wherever they are. */
    long held() {
        return Stream.concat(jobs.stream(), jobs.stream().flatMap(job -> job.links.stream()))
                .filter(job -> job.task.plan() == Task.Plan.WAITS && !job.state.isSettled())
                .filter(job -> !mayEnd.contains(job.task.name()))
                .count();
    }

    /** Works on until this moment; answers whether nothing more becomes due within that long. */
    boolean nothingBecomesDue(Instant now, Duration soon) {
        work(now);
        return in(JobState.DELAYED).noneMatch(job -> job.due().isBefore(now.plus(soon)));
    }

    boolean isPaused(String queue) {
        return paused.contains(queue);
    }

    /** Who holds this key, if anybody does. */
    Optional<ModelJob> holder(String unique) {
        return jobs.stream().filter(job -> unique.equals(job.heldUnique)).findFirst();
    }

    /** Pushes a job; refused for its key, it is not there. */
    void push(ModelJob job) {
        if (job.unique != null && holder(job.unique).isPresent()) {
            return;
        }
        job.heldUnique = job.unique;
        job.state = job.due == null ? JobState.READY : JobState.DELAYED;
        jobs.add(job);
    }

    void push(ModelBatch batch) {
        batches.add(batch);
        callback(batch, "before", true);
        for (ModelJob member : batch.members) {
            member.batch = batch;
            batch.total += 1 + member.links.size();
            push(member);
        }
        conclude(batch);
    }

    void pause(String queue) {
        paused.add(queue);
    }

    void resume(String queue) {
        paused.remove(queue);
    }

    void letEnd(String name) {
        mayEnd.add(name);
    }

    void cancel(ModelBatch batch) {
        if (!batch.finished) {
            batch.cancelled = true;
            batch.cancelledByFailure = false;
        }
    }

    /** Removes what waits. */
    void clear(String queue) {
        List<ModelJob> waiting = jobs.stream()
                .filter(job -> job.queue.equals(queue))
                .filter(job -> job.state == JobState.READY || job.state == JobState.DELAYED)
                .toList();
        jobs.removeAll(waiting);
        for (ModelJob job : waiting) {
            if (job.batch != null) {
                job.batch.skipped += 1 + job.links.size();
                conclude(job.batch);
            }
        }
    }

    /** Answers whether it is ready again. */
    boolean retry(ModelJob job) {
        if (job.unique != null && holder(job.unique).isPresent()) {
            return false;
        }
        healed.add(job.task.name());
        job.heldUnique = job.unique;
        job.state = JobState.READY;
        jobs.remove(job);
        jobs.add(job);
        ModelBatch batch = job.batch;
        if (batch != null) {
            batch.failed--;
            batch.skipped -= job.links.size();
            batch.finished = false;
            batch.cancelled &= !batch.cancelledByFailure;
            batch.cancelledByFailure = false;
        }
        return true;
    }

    void forget(ModelJob job) {
        jobs.remove(job);
    }

    /** Runs all that can run at this moment. */
    void work(Instant now) {
        jobs.stream()
                .filter(job -> job.state == JobState.DELAYED && !job.due().isAfter(now))
                .forEach(job -> job.state = JobState.READY);
        Optional<ModelJob> next = next();
        while (next.isPresent()) {
            run(next.get());
            next = next();
        }
    }

    private Optional<ModelJob> next() {
        return jobs.stream()
                .filter(job -> switch (job.state) {
                    case RUNNING -> mayEnd.contains(job.task.name());
                    case READY -> !paused.contains(job.queue) && keyIsFree(job);
                    default -> false;
                })
                .findFirst();
    }

    private boolean keyIsFree(ModelJob job) {
        return job.overlap == null || in(JobState.RUNNING).noneMatch(other -> job.overlap.equals(other.overlap));
    }

    private void run(ModelJob job) {
        expectedRuns.put(job.task.name(), 1);
        if (job.untilProcessing) {
            job.heldUnique = null;
        }
        switch (job.task.plan()) {
            case WAITS -> {
                if (mayEnd.contains(job.task.name())) {
                    endWell(job, JobState.COMPLETED);
                } else {
                    job.state = JobState.RUNNING;
                }
            }
            case THROWS, FAILS -> fail(job);
            case FAILS_UNTIL_RETRIED -> {
                if (healed.contains(job.task.name())) {
                    endWell(job, JobState.COMPLETED);
                } else {
                    fail(job);
                }
            }
            case DELETES -> endWell(job, JobState.DISCARDED);
            case ADDS -> {
                ModelJob added = new ModelJob(new Task(job.task.name() + "/added", Task.Plan.COMPLETES), job.queue);
                added.batch = job.batch;
                added.batch().total++;
                push(added);
                endWell(job, JobState.COMPLETED);
            }
            case COMPLETES, RELEASES, RECOVERS -> endWell(job, JobState.COMPLETED);
        }
    }

    private void endWell(ModelJob job, JobState how) {
        job.state = how;
        job.heldUnique = null;
        everCompleted.merge(job.queue, 1L, Long::sum);
        if (!job.links.isEmpty()) {
            ModelJob link = job.links.get(0);
            link.links.addAll(job.links.subList(1, job.links.size()));
            link.caught = job.caught;
            link.batch = job.batch;
            push(link);
        }
        ModelBatch batch = job.batch;
        if (batch == null) {
            return;
        }
        if (how == JobState.DISCARDED && batch.cancelled) {
            batch.skipped++;
        } else {
            batch.succeeded++;
            callback(batch, "progress", false);
        }
        conclude(batch);
    }

    private void fail(ModelJob job) {
        job.state = JobState.FAILED;
        job.heldUnique = null;
        ModelJob caught = job.caught;
        if (caught != null && !expectedRuns.containsKey(caught.task.name())) {
            push(caught);
        }
        ModelBatch batch = job.batch;
        if (batch == null) {
            return;
        }
        batch.failed++;
        batch.skipped += job.links.size();
        callback(batch, "catch", true);
        if (!batch.allowsFailures && !batch.cancelled) {
            batch.cancelled = true;
            batch.cancelledByFailure = true;
        }
        conclude(batch);
    }

    private void conclude(ModelBatch batch) {
        if (batch.pending() > 0 || batch.finished) {
            return;
        }
        batch.finished = true;
        if (batch.failed == 0 && batch.skipped == 0 && !batch.cancelled) {
            callback(batch, "then", true);
        }
        callback(batch, "finally", true);
    }

    private void callback(ModelBatch batch, String event, boolean once) {
        String name = batch.name + "/" + event;
        if (once && !batch.happened.add(event)) {
            return;
        }
        int before = expectedRuns.getOrDefault(name, 0);
        ModelJob callback = new ModelJob(new Task(name, Task.Plan.COMPLETES), OperatedCluster.CALLBACKS);
        callback.state = JobState.COMPLETED;
        everCompleted.merge(callback.queue, 1L, Long::sum);
        expectedRuns.put(name, before + 1);
    }

    /** How many jobs should have run under each name; what is not named should not have run. */
    Map<String, Integer> expectedRuns() {
        return expectedRuns;
    }

    /** Sizes of all queues as texts. */
    Map<String, String> sizes() {
        Map<String, long[]> counted = new HashMap<>();
        Stream.concat(OperatedCluster.QUEUES.stream(), Stream.of(OperatedCluster.CALLBACKS))
                .forEach(queue -> counted.put(queue, new long[4]));
        for (ModelJob job : jobs) {
            long[] counts = counted.computeIfAbsent(job.queue, unknown -> new long[4]);
            switch (job.state) {
                case DELAYED -> counts[0]++;
                case READY -> counts[1]++;
                case RUNNING -> counts[2]++;
                case FAILED -> counts[3]++;
                default -> {}
            }
        }
        Map<String, String> sizes = new TreeMap<>();
        counted.forEach((queue, counts) -> sizes.put(
                queue,
                text(new QueueCounts(
                        queue,
                        counts[0],
                        counts[1],
                        0,
                        counts[2],
                        everCompleted.getOrDefault(queue, 0L),
                        counts[3],
                        false))));
        return sizes;
    }

    static String text(QueueCounts counts) {
        return counts.delayed() + " delayed, " + counts.ready() + " ready, " + counts.assigned() + " assigned, "
                + counts.running() + " running, " + counts.completed() + " completed, " + counts.failed() + " failed";
    }

    /** A job of the model. */
    static final class ModelJob {
        final Task task;
        final String queue;
        final List<ModelJob> links = new ArrayList<>();
        JobState state = JobState.DELAYED;

        @Nullable
        String id;

        @Nullable
        Instant due;

        @Nullable
        String unique;

        @Nullable
        String heldUnique;

        @Nullable
        String overlap;

        @Nullable
        ModelJob caught;

        @Nullable
        ModelBatch batch;

        boolean untilProcessing;

        ModelJob(Task task, String queue) {
            this.task = task;
            this.queue = queue;
        }

        Instant due() {
            return due == null ? Instant.MIN : due;
        }

        ModelBatch batch() {
            if (batch == null) {
                throw new IllegalStateException(task.name() + " is in no batch");
            }
            return batch;
        }

        @Override
        public String toString() {
            return task.name() + " (" + task.plan() + " on " + queue + (unique == null ? "" : ", unique " + unique)
                    + (untilProcessing ? " until processing" : "") + (overlap == null ? "" : ", overlap " + overlap)
                    + (due == null ? "" : ", due " + due) + ")" + (links.isEmpty() ? "" : " then " + links);
        }
    }

    /** A batch of the model. */
    static final class ModelBatch {
        final String name;
        final String queue;
        final boolean allowsFailures;
        final List<ModelJob> members = new ArrayList<>();
        final Set<String> happened = new HashSet<>();

        @Nullable
        String id;

        int total;
        int succeeded;
        int failed;
        int skipped;
        boolean cancelled;
        boolean cancelledByFailure;
        boolean finished;

        ModelBatch(String name, String queue, boolean allowsFailures) {
            this.name = name;
            this.queue = queue;
            this.allowsFailures = allowsFailures;
        }

        int pending() {
            return total - succeeded - failed - skipped;
        }

        @Override
        public String toString() {
            return text(succeeded, failed, skipped, total, cancelled, finished);
        }

        static String text(int succeeded, int failed, int skipped, int total, boolean cancelled, boolean finished) {
            return succeeded + " succeeded, " + failed + " failed, " + skipped + " skipped of " + total
                    + (cancelled ? ", cancelled" : "") + (finished ? ", finished" : "");
        }
    }
}
