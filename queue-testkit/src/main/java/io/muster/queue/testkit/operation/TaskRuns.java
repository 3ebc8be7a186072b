package io.muster.queue.testkit.operation;

import io.muster.queue.Queue;
import io.muster.queue.job.JobContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What handlers did, and what they are told from outside. Thread-safe. */
public final class TaskRuns {
    private final Map<String, Set<String>> jobs = new ConcurrentHashMap<>();
    private final Set<String> mayEnd = ConcurrentHashMap.newKeySet();
    private final Set<String> healed = ConcurrentHashMap.newKeySet();
    private final Waiting waiting;

    /** Lets a little time pass in a handler. */
    @FunctionalInterface
    interface Waiting {
        void pass() throws InterruptedException;
    }

    TaskRuns(Waiting waiting) {
        this.waiting = waiting;
    }

    /** Ids of the jobs that ran under this name. */
    Set<String> jobs(String name) {
        return Set.copyOf(jobs.getOrDefault(name, Set.of()));
    }

    /** Names under which jobs ran. */
    Set<String> names() {
        return Set.copyOf(jobs.keySet());
    }

    void letEnd(String name) {
        mayEnd.add(name);
    }

    void heal(String name) {
        healed.add(name);
    }

    void run(Task task, JobContext context, Queue queue) throws InterruptedException {
        jobs.computeIfAbsent(task.name(), first -> ConcurrentHashMap.newKeySet())
                .add(context.jobId());
        switch (task.plan()) {
            case RELEASES -> {
                if (context.attempt() < Task.TRIES) {
                    context.release();
                }
            }
            case RECOVERS -> {
                if (context.attempt() < Task.TRIES) {
                    throw new IllegalStateException("told to throw");
                }
            }
            case THROWS -> throw new IllegalStateException("told to throw");
            case FAILS -> context.fail("told to fail");
            case FAILS_UNTIL_RETRIED -> {
                if (!healed.contains(task.name())) {
                    context.fail("told to fail");
                }
            }
            case DELETES -> context.delete();
            case WAITS -> {
                while (!mayEnd.contains(task.name())) {
                    waiting.pass();
                }
            }
            case ADDS ->
                context.batch()
                        .add(queue.job(new Task(task.name() + "/added", Task.Plan.COMPLETES))
                                .id(context.jobId() + ".added"));
            case COMPLETES -> {}
        }
    }
}
