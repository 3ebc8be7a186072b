package io.muster.queue.job;

import io.muster.queue.store.StoredBatch;
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

    /** Creates the batch of a chain when its turn has come. */
    static void begin(Workflows workflows, BatchLink batch, JobContext context) {
        workflows.begin(batch, context.chain().flow().inChain(context.jobId()));
        context.chain().handOver();
    }
}
