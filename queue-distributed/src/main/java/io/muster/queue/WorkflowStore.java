package io.muster.queue;

import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Optional;

/** What chains and batches need of what keeps jobs, or runs them at once. Thread-safe. */
interface WorkflowStore {
    BatchDesk batches();

    StoreCapabilities capabilities();

    List<PushOutcome> push(List<NewJob> jobs);

    Optional<StoredJob> find(String jobId);

    static WorkflowStore of(JobStore store) {
        return new WorkflowStore() {
            @Override
            public BatchDesk batches() {
                return store.batches();
            }

            @Override
            public StoreCapabilities capabilities() {
                return store.capabilities();
            }

            @Override
            public List<PushOutcome> push(List<NewJob> jobs) {
                return store.intake().push(jobs);
            }

            @Override
            public Optional<StoredJob> find(String jobId) {
                return store.intake().find(jobId);
            }
        };
    }
}
