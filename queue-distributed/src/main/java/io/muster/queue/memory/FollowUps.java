package io.muster.queue.memory;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pushes what follows from a settlement or a batch: into this store at once, elsewhere by the leader. Not thread-safe. */
final class FollowUps {
    private final JobTable jobs;
    private final Map<String, OutboxEntry> outbox = new LinkedHashMap<>();

    FollowUps(JobTable jobs) {
        this.jobs = jobs;
    }

    void push(List<OutboxEntry> entries, Instant now) {
        entries.forEach(entry -> push(entry, now));
    }

    /** Whether it is a new job of this store now. */
    boolean push(OutboxEntry entry, Instant now) {
        if (entry.connection().isPresent()) {
            outbox.putIfAbsent(entry.id(), entry);
            return false;
        }
        NewJob job = entry.job();
        boolean refused = jobs.knows(job.id())
                || job.unique().map(UniqueKey::key).flatMap(jobs.unique::owner).isPresent();
        if (!refused) {
            jobs.push(job, now);
        }
        return !refused;
    }

    List<OutboxEntry> oldest(int limit) {
        return outbox.values().stream().limit(limit).toList();
    }

    void relayed(List<String> ids) {
        outbox.keySet().removeAll(Set.copyOf(ids));
    }
}
