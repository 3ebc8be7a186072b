package io.muster.queue;

import io.muster.cluster.ClusterException;
import io.muster.queue.job.JobEnvelope;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.UniqueKey;
import io.muster.queue.unique.UniqueLease;
import io.muster.queue.unique.UniqueLeases;
import io.muster.queue.unique.UniqueLeases.Taken;
import java.util.function.Function;

/**
 * Pushes a job whose unique key a coordinator keeps: the key first, then the job, so that nobody is told of a job that holds a key which it
 * does not. If the process dies between the two, the key is held by a job that is not there until its time is over. J5
 *
 * @param via name of the coordinator
 * @param runs whether the job runs in its caller, so that its push is its whole life
 */
record LeasedPush(UniqueLeases leases, String via, UniqueKey key, boolean runs) {
    /**
     * Looks whether it can be tried at all.
     *
     * @throws IllegalArgumentException nobody says how long at most, or there is no such coordinator here; for a job that runs in its caller this
     *     process keeps the key then
     */
    void check(String type) {
        if (runs && !leases.knows(via)) {
            return;
        }
        if (key.heldFor().isEmpty()) {
            throw new IllegalArgumentException("Jobs of type \"" + type + "\" are unique via coordinator \"" + via
                    + "\", which ends a key by its time only if nobody gives it up; say uniqueFor");
        }
        leases.check(via);
    }

    /** What {@code store} answered, or that the job is a duplicate. */
    PushOutcome push(NewJob job, Function<NewJob, PushOutcome> store) {
        if (runs && !leases.knows(via)) {
            return store.apply(job.withUnique(key));
        }
        Taken taken = take(job);
        if (taken instanceof Taken.Busy busy) {
            return new PushOutcome.DuplicateOf(job.id(), busy.holderJobId());
        }
        if (taken instanceof Taken.Held held) {
            return runs
                    ? run(job, held.lease(), store)
                    : push(JobEnvelope.leased(job, held.lease()), held.lease(), store);
        }
        return store.apply(job);
    }

    /** A job that may have been pushed keeps its key, one that was not leaves none behind. */
    private PushOutcome push(NewJob job, UniqueLease lease, Function<NewJob, PushOutcome> store) {
        try {
            PushOutcome outcome = store.apply(job);
            boolean lives = outcome instanceof PushOutcome.Pushed || outcome instanceof PushOutcome.SameId;
            if (!lives) {
                leases.release(lease, job.id());
            }
            return outcome;
        } catch (RuntimeException e) {
            if (!(e.getCause() instanceof StoreOutcomeUnknownException)) {
                leases.release(lease, job.id());
            }
            throw e;
        }
    }

    private PushOutcome run(NewJob job, UniqueLease lease, Function<NewJob, PushOutcome> caller) {
        boolean free = key.until() == UniqueKey.Until.PROCESSING;
        if (free) {
            leases.release(lease, job.id());
        }
        try {
            return caller.apply(job);
        } finally {
            if (!free) {
                leases.release(lease, job.id());
            }
        }
    }

    private Taken take(NewJob job) {
        try {
            return leases.take(via, key, job.id());
        } catch (ClusterException e) {
            throw new QueueException(
                    "Job " + job.id() + " of type \"" + job.type() + "\" on queue \"" + job.queue()
                            + "\" was not pushed: coordinator \"" + via
                            + "\" does not say whether its unique key is free: "
                            + e.getMessage(),
                    e);
        }
    }
}
