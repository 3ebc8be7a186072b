package io.muster.queue.store;

import io.muster.cluster.spi.Key;
import java.util.List;
import java.util.Map;

/**
 * A batch as it is created. W2
 *
 * @param id as a job's id: unique, plain characters, at most 100
 * @param name for people, at most 200 characters; may be empty
 * @param queue on which all its jobs are
 * @param allowsFailures a failed job does not cancel it
 * @param open more jobs come from who creates it: it does not finish before {@link BatchDesk#seal}
 * @param callbacks templates of the jobs to be pushed when something happens to it. Ids of template and entry do not matter; queue, store and
 *     connection may be any; without moment, unique key or batch of their own
 */
public record NewBatch(
        String id,
        String name,
        String queue,
        boolean allowsFailures,
        boolean open,
        Map<BatchEvent, OutboxEntry> callbacks) {
    private static final int MOST_NAME_CHARACTERS = 200;

    public NewBatch {
        callbacks = Map.copyOf(callbacks);
        new BatchMembership(id, 1);
        Key.segment(queue);
        if (name.length() > MOST_NAME_CHARACTERS) {
            throw new IllegalArgumentException("A batch's name has at most " + MOST_NAME_CHARACTERS
                    + " characters, not " + name.length() + ": " + name.substring(0, 40) + "…");
        }
        for (OutboxEntry callback : callbacks.values()) {
            NewJob job = callback.job();
            if (job.dueAt().isPresent()
                    || job.unique().isPresent()
                    || job.batch().isPresent()) {
                throw new IllegalArgumentException(
                        "A batch's callback has no moment, unique key or batch of its own: " + job);
            }
        }
    }

    /** Without callbacks, complete as it is created. */
    public static NewBatch of(String id, String queue) {
        return new NewBatch(id, "", queue, false, false, Map.of());
    }

    public NewBatch withName(String changed) {
        return new NewBatch(id, changed, queue, allowsFailures, open, callbacks);
    }

    public NewBatch allowingFailures() {
        return new NewBatch(id, name, queue, true, open, callbacks);
    }

    public NewBatch opened() {
        return new NewBatch(id, name, queue, allowsFailures, true, callbacks);
    }

    public NewBatch withCallbacks(Map<BatchEvent, OutboxEntry> changed) {
        return new NewBatch(id, name, queue, allowsFailures, open, changed);
    }

    /**
     * For stores: refuses jobs that do not belong to it.
     *
     * @throws IllegalArgumentException a job names another batch or queue, or none
     */
    public void checkMembers(List<NewJob> jobs) {
        for (NewJob job : jobs) {
            boolean ours = job.batch().filter(said -> said.batchId().equals(id)).isPresent();
            if (!ours || !job.queue().equals(queue)) {
                throw new IllegalArgumentException(
                        "Not a job of batch " + id + " on queue \"" + queue + "\": " + job + "; nothing was created");
            }
        }
    }
}
