package io.muster.queue.memory;

import io.muster.queue.store.BatchAges;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.BatchPage;
import io.muster.queue.store.NewBatch;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoredBatch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

final class MemoryBatchDesk implements BatchDesk {
    private final MemoryStore store;
    private final MemoryIntake intake;

    MemoryBatchDesk(MemoryStore store, MemoryIntake intake) {
        this.store = store;
        this.intake = intake;
    }

    @Override
    public List<PushOutcome> create(NewBatch batch, List<NewJob> members) {
        batch.checkMembers(members);
        intake.checkSizes(members);
        intake.checkSizes(
                batch.callbacks().values().stream().map(OutboxEntry::job).toList());
        return store.alone((content, now) -> {
            if (content.batches().knows(batch.id())) {
                return intake.push(members, content, now);
            }
            List<PushOutcome> outcomes =
                    intake.push(members, content, now, job -> Optional.empty(), () -> content.batches()
                            .create(batch, now));
            if (!batch.open()) {
                content.batches().seal(batch.id(), now);
            }
            return outcomes;
        });
    }

    @Override
    public void seal(String batchId) {
        store.alone((content, now) -> {
            content.batches().seal(batchId, now);
            return true;
        });
    }

    @Override
    public Optional<StoredBatch> find(String batchId) {
        return store.alone((content, now) -> content.batches().find(batchId));
    }

    @Override
    public BatchPage list(Optional<String> from, int limit) {
        return store.alone((content, now) -> content.batches().list(from, limit));
    }

    @Override
    public Optional<StoredBatch> cancel(String batchId) {
        return store.alone((content, now) -> content.batches().cancel(batchId, now));
    }

    @Override
    public int prune(BatchAges ages, Instant callersNow, int limit) {
        return store.alone((content, now) -> content.batches().prune(ages, now, limit));
    }
}
