package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.HeldJobs.Held;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a settlement changes: the compares and writes of one, and which queue has to be told. */
final class Settling {
    private final List<Compare> compares = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final Held held;
    private final Instant now;
    private final KeyRecord.Freeing freeing;
    private final FollowUps followUps;
    private final Set<String> changedQueues = new TreeSet<>();
    private Optional<String> completedQueue = Optional.empty();
    private Optional<BatchEnds> ends = Optional.empty();

    private Settling(Coordinator coordinator, Held held, Set<Key> known, Instant now) {
        this.followUps = new FollowUps(coordinator, now, known);
        this.held = held;
        this.now = now;
        this.freeing = new KeyRecord.Freeing(coordinator).overlap(held.job());
    }

    /** @param known see {@link FollowUps} */
    static Settling of(Coordinator coordinator, Held held, Settlement settlement, Set<Key> known, Instant now) {
        Settling settling = new Settling(coordinator, held, known, now);
        settling.compares.add(Compare.unchanged(held.key(), held.version()));
        settling.writes.add(Write.delete(held.key()));
        settling.outcome(settlement.outcome());
        settling.follow(settlement);
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

    /** The queues in which something became ready or delayed. */
    Set<String> changedQueues() {
        return changedQueues;
    }

    /** What its batch counts. */
    Optional<BatchEnds> ends() {
        return ends;
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
        changedQueues.add(job.job().queue());
    }

    private void ready(JobDocument ready) {
        writes.add(Write.put(StoreKeys.ready(ready), Documents.write(ready)));
        changedQueues.add(ready.job().queue());
    }

    /** Another job may wait for the key that this one frees. */
    private void overlapMayWait(JobDocument job) {
        if (job.job().overlap().isPresent()) {
            changedQueues.add(job.job().queue());
        }
    }

    private void follow(Settlement settlement) {
        Optional<BatchMembership> member = held.job().job().batch();
        Optional<String> batchId = member.map(BatchMembership::batchId);
        int following = 0;
        for (OutboxEntry entry : settlement.outbox()) {
            Optional<BatchMembership> ofFollowing = entry.job().batch();
            boolean sameBatch = ofFollowing.map(BatchMembership::batchId).equals(batchId);
            if (ofFollowing.isPresent() && !sameBatch) {
                followUps.leaveToLeader(entry); // It raises a batch that is not looked at here.
            } else if (followUps.push(entry)) {
                following += ofFollowing.map(BatchMembership::links).orElse(0);
            }
        }
        compares.addAll(followUps.compares());
        writes.addAll(followUps.writes());
        changedQueues.addAll(followUps.queues());
        int followed = following;
        ends = member.map(said -> BatchEnds.of(held.job().id(), said.links(), settlement.outcome(), followed))
                .filter(end -> !end.equals(BatchEnds.NONE));
    }
}
