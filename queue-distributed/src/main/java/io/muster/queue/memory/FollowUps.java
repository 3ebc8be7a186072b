package io.muster.queue.memory;

import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.OutboxPage;
import io.muster.queue.store.UniqueKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pushes what follows from a settlement or a batch: into this store at once, elsewhere by the leader. Not thread-safe. */
final class FollowUps {
    private final JobTable jobs;
    private final Map<String, Placed> outbox = new LinkedHashMap<>();
    private long lastPlace;

    private record Placed(long place, OutboxEntry entry) {}

    FollowUps(JobTable jobs) {
        this.jobs = jobs;
    }

    void push(List<OutboxEntry> entries, Instant now) {
        entries.forEach(entry -> push(entry, now));
    }

    /** Whether it is a new job of this store now. */
    boolean push(OutboxEntry entry, Instant now) {
        if (entry.connection().isPresent()) {
            outbox.computeIfAbsent(entry.id(), id -> new Placed(++lastPlace, entry));
            jobs.hintLeader();
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
        return outbox.values().stream().limit(limit).map(Placed::entry).toList();
    }

    OutboxPage page(long after, int limit) {
        List<Placed> page = outbox.values().stream()
                .filter(placed -> placed.place() > after)
                .limit(limit + 1L)
                .toList();
        List<Placed> shown = page.subList(0, Math.min(limit, page.size()));
        Optional<String> next = page.size() > shown.size() && !shown.isEmpty()
                ? Optional.of(String.valueOf(shown.get(shown.size() - 1).place()))
                : Optional.empty();
        return new OutboxPage(shown.stream().map(Placed::entry).toList(), next);
    }

    void relayed(List<String> ids) {
        outbox.keySet().removeAll(Set.copyOf(ids));
    }
}
