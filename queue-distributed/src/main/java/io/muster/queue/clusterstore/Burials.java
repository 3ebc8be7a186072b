package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The moves that end a hold otherwise than by its holder's settlement, or end a job where it lies. */
final class Burials {
    private final Coordinator coordinator;

    Burials(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Puts a job back among the ready ones, and frees its overlap key. */
    Item putBack(Entry held, JobDocument job, JobDocument ready, Runnable done) {
        KeyRecord.Freeing freeing = new KeyRecord.Freeing(coordinator).overlap(job);
        List<Compare> compares = new ArrayList<>(freeing.compares());
        compares.add(Compare.unchanged(held));
        List<Write> writes = new ArrayList<>(freeing.writes());
        writes.add(Write.delete(held.key()));
        writes.add(Write.put(StoreKeys.ready(ready), Documents.write(ready)));
        return new Item(compares, writes, committed -> done.run(), conflict -> {});
    }

    /** Ends a job as failed, wherever it lies, and keeps it. */
    Item fail(
            Entry lies, JobDocument job, Counters counters, String reason, String detail, Instant now, Runnable done) {
        JobDocument failed = job.ended(JobState.FAILED, counters, reason, detail);
        KeyRecord.Freeing freeing = new KeyRecord.Freeing(coordinator).unique(job);
        if (job.state() == JobState.ASSIGNED || job.state() == JobState.RUNNING) {
            freeing.overlap(job);
        }
        List<Compare> compares = new ArrayList<>(freeing.compares());
        compares.add(Compare.unchanged(lies));
        List<Write> writes = new ArrayList<>(freeing.writes());
        writes.add(Write.delete(lies.key()));
        writes.add(Write.put(StoreKeys.failed(failed, now), Documents.write(failed)));
        return new Item(compares, writes, committed -> done.run(), conflict -> {});
    }

    /** A record that cannot be read fails with that reason and is kept as it is; the queue goes on. */
    void keepUnreadable(Entry entry, Optional<Compare> guard, Grant grant, Instant now, String why) {
        String queue = Key.text(
                entry.key().directory().substring(entry.key().directory().lastIndexOf('/') + 1));
        String id = StoreKeys.jobIdOf(entry.key());
        JobDocument kept = JobDocument.pushed(
                NewJob.of(id, queue, grant.types().stream().findFirst().orElse("unknown"), entry.value()),
                Places.at(now),
                JobState.READY);
        new Items(coordinator, frame(guard, Set.of()))
                .commit(List.of(fail(entry, kept, Counters.NONE, why, "", now, () -> {})));
    }

    /** A frame that carries the leader's guard and marks queues as changed. */
    static Items.Frame frame(Optional<Compare> guard, Set<String> changedQueues) {
        return new Items.Frame() {
            @Override
            public List<Compare> compares() {
                return guard.map(List::of).orElse(List.of());
            }

            @Override
            public List<Write> writes(List<Item> items) {
                return marks(changedQueues);
            }

            @Override
            public void failed(Set<Key> keys) {
                throw new Assigner.GuardChangedException();
            }
        };
    }

    /** Writes that tell everybody that these queues have changed. */
    static List<Write> marks(Set<String> queues) {
        List<Write> marks = new ArrayList<>();
        for (String queue : new TreeSet<>(queues)) {
            marks.add(Write.put(StoreKeys.queueMark(queue), new byte[0]));
        }
        return marks;
    }

    static boolean crashedTooOften(Counters counters, NewJob job) {
        return counters.suspectCrashes() >= job.maxCrashes();
    }
}
