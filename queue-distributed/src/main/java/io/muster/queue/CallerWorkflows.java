package io.muster.queue;

import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredJob;
import io.muster.queue.sync.SyncJobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Chains and batches whose jobs run in their caller. */
record CallerWorkflows(SyncJobs jobs) implements WorkflowStore {
    private static final StoreCapabilities CAPABILITIES = new StoreCapabilities(
            "sync", Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ZERO, true, "keeps nothing");

    @Override
    public BatchDesk batches() {
        return jobs.batches();
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public List<PushOutcome> push(List<NewJob> pushed) {
        return pushed.stream().map(jobs::push).toList();
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        return Optional.empty();
    }
}
