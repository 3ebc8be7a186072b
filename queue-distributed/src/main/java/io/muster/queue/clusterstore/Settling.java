package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a settlement changes: the compares and writes of one, and which queue has to be told. */
final class Settling {
    private final List<Compare> compares = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final Held held;
    private final Instant now;
    private final KeyRecord.Freeing freeing;
    private Optional<String> changedQueue = Optional.empty();
    private Optional<String> completedQueue = Optional.empty();

    private Settling(Coordinator coordinator, Held held, Instant now) {
        this.held = held;
        this.now = now;
        this.freeing = new KeyRecord.Freeing(coordinator).overlap(held.job());
    }

    static Settling of(Coordinator coordinator, Held held, Settlement settlement, Instant now) {
        Settling settling = new Settling(coordinator, held, now);
        settling.compares.add(Compare.unchanged(held.key(), held.version()));
        settling.writes.add(Write.delete(held.key()));
        settling.outcome(settlement.outcome());
        settling.outbox(coordinator, settlement.outbox());
        settling.compares.addAll(settling.freeing.compares());
        settling.writes.addAll(settling.freeing.writes());
        return settling;
    }

    List<Compare> compares() {
        return compares;
    }

    List<Write> writes() {
        return writes;
    }

    /** The queue in which something became ready or delayed. */
    Optional<String> changedQueue() {
        return changedQueue;
    }

    /** The queue in which a job came to its end without failing. */
    Optional<String> completedQueue() {
        return completedQueue;
    }

    private void outcome(Settlement.Outcome outcome) {
        JobDocument job = held.job();
        Counters counters = job.counters();
        if (outcome instanceof Settlement.Completed) {
            end(job.ended(JobState.COMPLETED, counters, "", ""));
        } else if (outcome instanceof Settlement.Discarded discarded) {
            end(job.ended(JobState.DISCARDED, counters, discarded.reason(), ""));
        } else if (outcome instanceof Settlement.Failed failed) {
            freeing.unique(job);
            JobDocument kept =
                    job.ended(JobState.FAILED, counters.failed(failed.why()), failed.reason(), failed.detail());
            writes.add(Write.put(StoreKeys.failed(kept, now), Documents.write(kept)));
            overlapMayWait(job);
        } else if (outcome instanceof Settlement.Released released) {
            release(job, counters.released(released.why()), released);
        } else {
            ready(job.with(JobState.READY, counters.notStarted()));
        }
    }

    private void end(JobDocument ended) {
        freeing.unique(held.job());
        writes.add(Write.put(StoreKeys.ended(ended, now), IdRecord.ended(ended, now)));
        completedQueue = Optional.of(ended.job().queue());
        overlapMayWait(held.job());
    }

    private void release(JobDocument job, Counters counted, Settlement.Released released) {
        if (released.delay().isZero()) {
            ready(job.with(JobState.READY, counted).at(Places.at(now)));
            return;
        }
        Instant due = StoreKeys.later(now, released.delay());
        JobDocument delayed = job.with(JobState.DELAYED, counted).due(due);
        writes.add(Write.put(StoreKeys.delayed(delayed, due), Documents.write(delayed)));
        changedQueue = Optional.of(job.job().queue());
    }

    private void ready(JobDocument ready) {
        writes.add(Write.put(StoreKeys.ready(ready), Documents.write(ready)));
        changedQueue = Optional.of(ready.job().queue());
    }

    /** Another job may wait for the key that this one frees. */
    private void overlapMayWait(JobDocument job) {
        if (job.job().overlap().isPresent()) {
            changedQueue = Optional.of(job.job().queue());
        }
    }

    private void outbox(Coordinator coordinator, List<OutboxEntry> entries) {
        for (OutboxEntry entry : entries) {
            Key key = StoreKeys.outbox(entry.id());
            if (coordinator.read(key).isEmpty()) {
                compares.add(Compare.absent(key));
                writes.add(Write.put(key, Documents.write(entry, Places.at(now))));
            }
        }
    }
}
