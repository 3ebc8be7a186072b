package io.muster.queue.job;

import io.muster.queue.store.BatchEvent;
import io.muster.queue.store.StoredBatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What running jobs do with batches and chains. Thread-safe; calls block. W1 to W5 */
public interface Workflows {
    /** Where nothing is kept: refuses everything. */
    Workflows NONE = new Workflows() {
        @Override
        public Optional<StoredBatch> find(String batchId) {
            throw none();
        }

        @Override
        public Optional<StoredBatch> cancel(String batchId) {
            throw none();
        }

        @Override
        public void add(Batch batch, List<?> jobs) {
            throw none();
        }

        @Override
        public List<JobLink> links(List<?> jobs, Place place) {
            throw none();
        }

        @Override
        public void begin(BatchLink batch, JobFlow following) {
            throw none();
        }

        @Override
        public void tell(FailureNotice notice, JobContext context) {
            throw none();
        }

        private IllegalStateException none() {
            return new IllegalStateException("Chains and batches need a connection that keeps jobs");
        }
    };

    /**
     * Where jobs go that follow.
     *
     * @param all the queue is for all of them, else for those that name none
     * @param connection for those that name none
     */
    record Place(String queue, boolean all, Optional<String> connection) {}

    Optional<StoredBatch> find(String batchId);

    /** See {@link io.muster.queue.store.BatchDesk#cancel}. */
    Optional<StoredBatch> cancel(String batchId);

    /**
     * Adds jobs to a batch, in chunks that are applied all or nothing.
     *
     * @throws IllegalStateException the batch is finished or was pruned
     */
    void add(Batch batch, List<?> jobs);

    /** Jobs as links of a chain. */
    List<JobLink> links(List<?> jobs, Place place);

    /** Creates a batch; {@code following} follows on it. May be repeated. */
    void begin(BatchLink batch, JobFlow following);

    /** Tells a job's failed hook, its chain and listeners that the store failed it. May be repeated. */
    void tell(FailureNotice notice, JobContext context);

    /**
     * Creates the batch of a chain when its turn has come; the rest of the chain follows on the batch. If the chain is in a batch itself, that one
     * has to wait for the rest: then this job is not done before the batch has ended, and looks again now and then.
     */
    static void begin(Workflows workflows, BatchLink batch, JobContext context) {
        if (context.chain().flow().batch().isEmpty()) {
            workflows.begin(batch, context.chain().flow().inChain(context.jobId()));
            context.chain().handOver();
            return;
        }
        Optional<StoredBatch> known = workflows.find(batch.id());
        if (known.isEmpty() && context.releases() > 0) { // It put itself back only once the batch was there.
            context.fail(
                    "Batch " + batch.id() + " \"" + batch.name()
                            + "\" was pruned before this job, which waits for it, looked again: how it ended is not known any more");
            return;
        }
        if (known.map(StoredBatch::open).orElse(true)) {
            workflows.begin(batch, JobFlow.NONE);
        }
        Optional<StoredBatch> inner = workflows.find(batch.id());
        if (inner.isEmpty() || !inner.get().finished()) {
            context.release(pause(context.attempt()));
        } else if (!inner.get().happened().contains(BatchEvent.THEN)) {
            context.fail("Batch " + batch.id() + " \"" + batch.name() + "\" did not end well");
        }
    }

    /** Longer and longer: a fifth of a second, up to five seconds. */
    private static Duration pause(int attempt) {
        return Duration.ofMillis(Math.min(5000, 200L * Math.max(1, attempt)));
    }
}
