package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Items.Item;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.Counters;
import io.muster.queue.store.Grant;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OutboxEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The moves that end a hold otherwise than by its holder's settlement, or end a job where it lies. */
final class Burials {
    private static final String UNKNOWN = "unknown";

    private final Coordinator coordinator;
    private final Batches batches;

    Burials(Coordinator coordinator, Batches batches) {
        this.coordinator = coordinator;
        this.batches = batches;
    }

    /** Counts what these have ended, once they are committed. */
    void count(List<Item> items) {
        batches.count(Items.batches(items));
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
        tell(failed, now, compares, writes);
        return new Item(compares, writes, committed -> done.run(), conflict -> {});
    }

    /** No worker says what follows on the failure. */
    private void tell(JobDocument failed, Instant now, List<Compare> compares, List<Write> writes) {
        NewJob job = failed.job();
        job.batch()
                .ifPresent(member ->
                        writes.add(ends(failed, BatchEnds.failed(job.id(), member.links(), failed.reason()), now)));
        if (job.tellsFailure()) {
            FollowUps followUps = new FollowUps(coordinator, now, Set.of());
            followUps.push(OutboxEntry.here(job.failureNotice(now)));
            compares.addAll(followUps.compares());
            writes.addAll(followUps.writes());
        }
    }

    /** Says how one member ended, for its batch to count it. */
    private static Write ends(JobDocument job, BatchEnds ends, Instant now) {
        String batchId = job.job().batch().orElseThrow().batchId();
        return Write.put(
                StoreKeys.batchEnds(batchId, job, Places.at(now)),
                BatchRecord.Ends.of(ends).bytes());
    }

    /** Removes a ready or delayed job without a trace, also one that cannot be read. */
    Item remove(Entry waiting, Runnable done) {
        KeyRecord.Freeing freeing = new KeyRecord.Freeing(coordinator);
        String id = StoreKeys.jobIdOf(waiting.key());
        List<Write> skipped = new ArrayList<>();
        try {
            JobDocument job = Documents.read(waiting.value());
            freeing.unique(job);
            job.job()
                    .batch()
                    .ifPresent(member -> skipped.add(ends(
                            job,
                            BatchEnds.cleared(member.links()),
                            coordinator.timeline().clock().instant())));
        } catch (Documents.UnreadableException e) {
            freeing.allOf(id);
        }
        List<Compare> compares = new ArrayList<>(freeing.compares());
        compares.add(Compare.unchanged(waiting));
        List<Write> writes = new ArrayList<>(freeing.writes());
        writes.add(Write.delete(waiting.key()));
        writes.add(Write.delete(StoreKeys.id(id)));
        writes.addAll(skipped);
        return new Item(compares, writes, committed -> done.run(), conflict -> {});
    }

    /** A ready record that cannot be read fails with that reason and is kept as it is; the queue goes on. */
    void keepUnreadable(Entry entry, Optional<Compare> guard, Grant grant, Instant now, String why) {
        String queue = Key.text(
                entry.key().directory().substring(entry.key().directory().lastIndexOf('/') + 1));
        String id = StoreKeys.jobIdOf(entry.key());
        String type = grant.types().stream().findFirst().orElse(UNKNOWN);
        Optional<IdRecord> known = known(id);
        NewJob job = remembered(known, NewJob.of(id, queue, type, entry.value()));
        List<Item> items = List.of(fail(new Unreadable(entry, job, why), now));
        Set<String> changed = job.tellsFailure() ? Set.of(queue) : Set.of();
        new Items(coordinator, frame(guard, changed)).commit(items);
        count(items);
    }

    /** As {@link #keepUnreadable}, of a delayed record, as one of several changes. */
    Item unreadableWaiting(Entry entry, Instant now, String why, Runnable done) {
        String queue = Key.text(
                entry.key().directory().substring(entry.key().directory().lastIndexOf('/') + 1));
        String id = StoreKeys.jobIdOf(entry.key());
        Optional<IdRecord> known = known(id);
        String type = known.map(IdRecord::type).filter(name -> !name.isEmpty()).orElse(UNKNOWN);
        return fail(
                new Unreadable(entry, remembered(known, NewJob.of(id, queue, type, entry.value())), why), now, done);
    }

    /** A record that cannot be read, as a job as far as others remember it; its payload is the whole record. */
    record Unreadable(Entry lies, NewJob job, String why) {}

    /** What is known of a held record that cannot be read. */
    Unreadable unreadableHeld(Entry entry, String why) {
        String id = StoreKeys.heldName(entry.key()).jobId();
        Optional<IdRecord> known = known(id);
        String queue =
                known.map(IdRecord::queue).filter(name -> !name.isEmpty()).orElse(UNKNOWN);
        NewJob job = NewJob.of(id, queue, known.map(IdRecord::type).orElse(UNKNOWN), entry.value());
        return new Unreadable(entry, remembered(known, job), why);
    }

    private Optional<IdRecord> known(String id) {
        return coordinator.read(StoreKeys.id(id)).map(Entry::value).map(IdRecord::read);
    }

    /** With what has to follow on its failure. */
    private static NewJob remembered(Optional<IdRecord> known, NewJob job) {
        NewJob ofBatch = known.flatMap(IdRecord::batch).map(job::withBatch).orElse(job);
        return known.filter(IdRecord::tellsFailure).isPresent() ? ofBatch.tellingFailure() : ofBatch;
    }

    /** Fails it with that reason, keeps it, and frees the keys that its id still owns. */
    Item fail(Unreadable found, Instant now) {
        return fail(found, now, () -> {});
    }

    private Item fail(Unreadable found, Instant now, Runnable done) {
        JobDocument kept = JobDocument.pushed(found.job(), Places.at(now), JobState.READY)
                .ended(JobState.FAILED, Counters.NONE, found.why(), "");
        KeyRecord.Freeing freeing = new KeyRecord.Freeing(coordinator).allOf(kept.id());
        List<Compare> compares = new ArrayList<>(freeing.compares());
        compares.add(Compare.unchanged(found.lies()));
        List<Write> writes = new ArrayList<>(freeing.writes());
        writes.add(Write.delete(found.lies().key()));
        writes.add(Write.put(StoreKeys.failed(kept, now), Documents.write(kept)));
        tell(kept, now, compares, writes);
        return new Item(compares, writes, committed -> done.run(), conflict -> {});
    }

    /** A frame that carries the leader's guard and marks queues as changed. */
    static Items.Frame frame(Optional<Compare> guard, Set<String> changedQueues) {
        return new Items.Frame() {
            @Override
            public List<Compare> compares() {
                return guard.map(List::of).orElse(List.of());
            }

            @Override
            public List<Write> writes(List<Item> items, int lane) {
                List<Write> writes = marks(changedQueues);
                writes.addAll(Items.marks(items));
                return writes;
            }

            @Override
            public void failed(Set<Key> keys) {
                throw new Assigner.GuardChangedException();
            }
        };
    }

    /** Writes that tell everybody that these queues have changed, wherever in them. */
    static List<Write> marks(Set<String> queues) {
        List<Write> marks = plainMarks(queues);
        if (!queues.isEmpty()) {
            marks.add(Write.put(StoreKeys.BEHIND_MARK, new byte[0]));
        }
        return marks;
    }

    /** Writes that tell everybody that jobs were pushed to these queues, none of which is ready before others. */
    static List<Write> plainMarks(Set<String> queues) {
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
