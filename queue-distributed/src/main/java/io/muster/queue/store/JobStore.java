package io.muster.queue.store;

import io.muster.cluster.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps jobs. Every operation is atomic per item, batches answer per item, and each write carries the token that entitles
 * the caller to it: leader writes a {@link Fence}, node writes an incarnation and {@link AttemptToken}s.
 *
 * <p><b>Errors</b>: {@link StoreUnavailableException} when nothing was applied (safe to repeat),
 * {@link StoreOutcomeUnknownException} when some or all may have been applied. Repeating is then safe too, by what each method
 * says. A token that is not the current one is an outcome ({@code STALE}), not an error. No call outlasts the store's
 * call timeout. Thread-safe; calls block.
 */
public interface JobStore extends AutoCloseable {
    StoreCapabilities capabilities();

    /** For producers and people: push, find, count, pause. */
    Intake intake();

    /** For the one leader of a distribution group. */
    LeaderDesk leader();

    /** For nodes: take and settle. */
    NodeDesk nodes();

    /** For limits that hold for all nodes together. */
    LimitDesk limits();

    /** For schedules. */
    ScheduleDesk schedules();

    /**
     * For batches.
     *
     * @throws UnsupportedOperationException it keeps none ({@link StoreCapabilities#keepsBatches})
     */
    default BatchDesk batches() {
        throw capabilities().noBatches();
    }

    /** Releases connections that the store opened itself. Idempotent. */
    @Override
    void close();

    /** What producers and people do. */
    interface Intake {
        /**
         * Accepts jobs. Once it returned an outcome {@code Pushed}, that job is not lost as long as the store keeps its own
         * promise. Repeating a push whose outcome was unknown with the same ids does not push twice while ids are remembered
         * ({@link StoreCapabilities#remembersIdsFor}): a known id answers {@link PushOutcome.SameId} before keys are looked at.
         * Within one batch earlier jobs count as pushed: a second one with the same id or unique key is refused. A job whose
         * due moment is not in the future is ready at once. A job of a batch raises the batch's total in the same operation, if
         * it is pushed; one whose id is known raises nothing and is not judged by its batch; another whose batch is unknown, finished or on another queue answers
         * {@link PushOutcome.NotInBatch}. Ready jobs of equal priority keep the order of pushes and batches.
         *
         * @throws IllegalArgumentException a payload exceeds {@link StoreCapabilities#mostPayloadBytes()}, or the batch
         *     {@link StoreCapabilities#mostPushBatch()} or {@link StoreCapabilities#mostPushBytes()}, see
         *     {@link StoreCapabilities#fitting}; nothing was pushed
         * @throws StoreOutcomeUnknownException any of them may be pushed; on the cluster store also where unique jobs of many batches
         *     need several transactions
         * @throws StoreFullException a bounded store has no room for all that would be pushed; nothing was pushed
         */
        List<PushOutcome> push(List<NewJob> jobs);

        /**
         * Begins what {@link #push} does; it is done once {@link Begun#await} has answered. A store that can sends the jobs at once and waits
         * only there, so that its caller makes the next ones ready meanwhile; one that cannot has pushed them when this returns.
         * Pushes that one thread began take effect in that order, but for those that fail.
         */
        default Begun beginPush(List<NewJob> jobs) {
            return new Answered(push(jobs));
        }

        /** A push that was begun. */
        @FunctionalInterface
        interface Begun {
            /** What {@link #push} would have answered or thrown; call it once, by the thread that began. */
            List<PushOutcome> await();
        }

        /** A push that was done when it was begun. */
        record Answered(List<PushOutcome> outcomes) implements Begun {
            @Override
            public List<PushOutcome> await() {
                return outcomes;
            }
        }

        /** The job as it is now, also completed ones while remembered, failed ones until pruned. */
        Optional<StoredJob> find(String jobId);

        /**
         * What keeps the job from being assigned, if it is ready, as far as that is kept here. For people: as of some moment during the call,
         * nothing for a job that is unknown. A key whose time is over is not held. A store may name a very long key by a digest of it.
         */
        JobObstacles obstacles(String jobId);

        /** Sizes of all queues that hold or held jobs, or are paused, ordered by name. */
        List<QueueCounts> counts();

        /**
         * Jobs in one state, in the order of their pushes, at most {@code limit}, beginning where {@code from}, the
         * {@link JobPage#next} of an earlier page, points to. A job that stays in the state all the while is listed exactly
         * once, also if others come and go between two pages. Payloads are included.
         */
        JobPage list(String queue, JobState state, Optional<String> from, int limit);

        /**
         * Stops assigning jobs of the queue, in the whole cluster; pushes are still accepted, and what is assigned already is
         * still taken and runs. Idempotent.
         */
        void pause(String queue, String by);

        /** Ends {@link #pause}. Idempotent. */
        void resume(String queue);

        /**
         * Removes up to {@code limit} waiting jobs of the queue, ready and delayed ones in no certain order, and frees the unique
         * key of each in the same operation. What is assigned or runs stays, and what failed; whether the queue is paused makes
         * no difference. A removed job is in no count, and its id is unknown from then on. Answers how many were removed; a
         * store may bound that per call: repeat while it is above 0. An unknown queue has none.
         */
        int clear(String queue, int limit);

        /**
         * Makes failed jobs ready again, behind all that are ready, under the same id and as if they had never run: counters at
         * zero, no reason, not suspect. A job with a unique key holds it again until its end, or until it is taken if it was
         * pushed so, without the time for which its push held it; if another live job holds the key now, the job stays
         * failed. Within one call earlier jobs count as retried. Atomic per job; a call that did not end well may be
         * repeated: jobs that it made ready answer {@link RetryOutcome.NotFailed} then.
         *
         * @param jobIds at most {@link #MOST_IDS}
         * @return in the order of the ids
         * @throws StoreFullException a bounded store has no room for all that would be ready; jobs of the same call
         *     that were retried before stay so
         */
        List<RetryOutcome> retry(List<String> jobIds);

        /**
         * Removes failed jobs without a trace: their ids are unknown from then on. Atomic per job, may be repeated.
         *
         * @param jobIds at most {@link #MOST_IDS}
         * @return those that were failed and are gone; others are as they were
         */
        Set<String> forget(List<String> jobIds);

        /** Most ids of one {@link #retry} or {@link #forget}. */
        int MOST_IDS = 1000;

        /**
         * For stores: refuses what is too much for one call.
         *
         * @throws IllegalArgumentException there are more than {@link #MOST_IDS}
         */
        static void checkIds(List<String> jobIds) {
            if (jobIds.size() > MOST_IDS) {
                throw new IllegalArgumentException(
                        "At most " + MOST_IDS + " ids in one call, not " + jobIds.size() + "; nothing was done");
            }
        }
    }

    /**
     * What the leader does. Every method that takes a fence installs it, as {@link #install} does, in the same atomic operation
     * as each item of its own work: refused with {@link StaleFenceException} if a newer term of the group is installed, with
     * {@link ForeignFenceException} if another identity is. A store may work a long call off in several steps; then what
     * it did before the newer fence came stays done, and nothing is done after.
     *
     * <p>{@code now} is the caller's wall clock, by which due moments are judged where the store has no clock of its own
     * (design 7); a store with one ignores it.
     */
    interface LeaderDesk {
        /**
         * Compare-and-raise: from now on no older fence of the group can write. Idempotent for the same fence.
         *
         * @throws StaleFenceException a newer term is installed already
         * @throws ForeignFenceException the fence record belongs to another coordinator; nothing is written before an operator adopts it (C11)
         */
        void install(Fence fence);

        /**
         * Makes {@code identity} the group's by an operator's word: raises the generation, so that its fences are accepted and
         * those of the former identity are foreign. No effect if it is the group's already. An identity that is adopted
         * once more goes on at the highest term it ever installed: its old leaders stay stale. C11
         */
        void adopt(String group, String identity);

        /**
         * Assigns ready jobs to nodes, filling each grant's pool up to its limit, in the order of grants; within a queue by
         * priority, then by place: the order of becoming ready, kept by jobs that come back without having been started
         * (revoked, returned, reclaimed) and by those that crashed. Skips jobs that a grant's types do not contain, whose
         * overlap key is held, whose queue is paused, or that are suspect while their node has a suspect already (assigned or
         * running, in any pool). What is skipped never hides what stands behind it, however much it is. Grants to
         * incarnations that are not admitted, leave or are buried assign nothing; that is no error.
         */
        AssignReport assign(Fence fence, List<Grant> grants);

        /**
         * Takes back up to {@code limit} jobs that are assigned but not taken, the newest assignment first; they are ready
         * again. Answers how many; an unknown incarnation or pool has none.
         */
        int revoke(Fence fence, String incarnation, String pool, int limit);

        /**
         * Buries a lost incarnation: from the first call on it can never take or settle again, whatever is left under it. Then
         * takes back what it held, at most {@code limit} jobs per call: untaken jobs are ready again and unchanged; running
         * ones count a crash and are suspect from then on; a suspect that crashed {@link NewJob#maxCrashes} times as suspect
         * fails with {@link StoredJob#CRASHED}. If a survivor has said so by now ({@link NodeDesk#admit}), running ones count
         * nothing. Overlap keys are free at once. Repeat until {@link BuryReport#done()}. Idempotent. An incarnation the
         * store does not know is buried too, so that a late admission of it is refused; that is remembered for a day at
         * least.
         */
        BuryReport bury(Fence fence, String incarnation, int limit);

        /** Every incarnation that is admitted, leaves or still has jobs under it, buried or not; ordered by name. */
        List<IncarnationRecord> incarnations();

        /**
         * As {@link #incarnations}, for whoever only looks for what to bury: a store that has to count what incarnations hold need not do
         * so for those that are not buried, and says 0 of them.
         */
        default List<IncarnationRecord> incarnationsUncounted() {
            return incarnations();
        }

        /**
         * Makes due jobs ready (the earliest due first), ends keys whose time is over, forgets what was remembered long enough;
         * at most {@code limit} of each: repeat if a number equals it.
         */
        TendReport tend(Fence fence, Retention retention, Instant now, int limit);

        /**
         * Fails ready jobs of types not in {@code servedTypes} that are ready for longer than {@code longest}, with
         * {@link StoredJob#UNSERVED}; not those of paused queues. Answers how many failed; a store may bound that per call:
         * repeat while it is above 0.
         */
        int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now);

        /** Entries that settlements and batches left to be pushed elsewhere, oldest first, until they are {@link #relayed}. */
        List<OutboxEntry> outbox(Fence fence, int limit);

        /**
         * A page of the outbox in that order, beginning where {@code from}, the {@link OutboxPage#next} of an earlier page, points to. Needs
         * no fence and changes nothing: for people, and for what stands behind entries that cannot be relayed now. An entry that is there all the while
         * is in exactly one page; entries that cannot be read are left out.
         */
        OutboxPage outbox(Optional<String> from, int limit);

        /** Removes relayed entries. Idempotent. */
        void relayed(Fence fence, List<String> outboxIds);

        /**
         * Called soon after jobs became assignable or a delayed job was pushed that is due before all others, or an entry was written to the outbox, from an idle state
         * at once; may be called without need, and once for many. Never on an I/O thread, never with a lock of the store held.
         */
        Subscription onReady(Runnable hint);
    }

    /** Keeps limits. */
    interface LimitDesk {
        /**
         * Asks a limit, whose state is one record: by the rules of {@link LimitWindow}, atomically, judged by the store's clock where it has
         * one. Over all callers no window grants more permits than the calls for it say. If the outcome is unknown, permits may have been
         * spent: asking again may spend others, and never grants too many. A state that matters no more is forgotten by
         * {@link LeaderDesk#tend} or by itself.
         */
        LimitReply ask(LimitCall call);
    }

    /** What nodes do. */
    interface NodeDesk {
        /**
         * Makes an incarnation known, once; repeating it changes nothing. Its status and its number of held jobs are the
         * store's to say, not the caller's.
         *
         * <p>If {@code survivorOf} names an earlier incarnation of the same living process, whose session was lost, the crashes
         * counted by its burial are taken back from jobs that still live, once; if it is not buried yet, its burial will
         * count none. A job that failed by such a crash stays failed.
         *
         * @throws IncarnationBuriedException it is buried already, or leaves
         */
        void admit(IncarnationRecord incarnation, Optional<String> survivorOf);

        /**
         * The incarnation leaves by itself: what it holds untaken is ready again, and it gets and takes nothing more. What it
         * runs it may still settle; it is buried with the last of that, at once if nothing runs, or by {@link LeaderDesk#bury}.
         * Idempotent; an unknown incarnation is buried.
         */
        void leave(String incarnation);

        /**
         * One round trip: settles what has ended, then takes up to the limit of what is assigned, oldest first. Taken jobs are
         * recorded as started before this returns. If a reply was lost, the next call says what the pool holds
         * ({@link Exchange#holding()}) and the store delivers again, under the same token and without counting a start, what it
         * counts as running there and the pool neither holds nor settled in this call: all of that, also beyond
         * {@link Exchange#take()}, of which it uses up its number.
         *
         * <p>A settlement is accepted if its token is the job's current one, of the incarnation that calls, in any of its
         * pools. The outbox entries of a stale one are neither pushed nor written. An entry whose id is in the outbox is not written again. Entries for this very
         * store are pushed as {@link OutboxEntry} says; one for a job of the batch to which the settled job belongs too always in the same operation:
         * it raises the batch's total only beyond what was announced ({@link BatchEnds#of}).
         *
         * @throws IncarnationBuriedException it is buried or unknown: nothing was applied (but for what a call in several steps
         *     had done before the burial came), and once it is buried nothing ever will: rejoin as a new incarnation
         */
        ExchangeReply exchange(Exchange exchange);

        /**
         * Assigns ready jobs to the caller itself, without a leader (C7): as {@link LeaderDesk#assign} for its own grant,
         * promoting due jobs of the named queues first.
         *
         * @throws IncarnationBuriedException it is buried, leaves or is unknown
         */
        AssignReport reserve(Grant own, Instant now);

        /**
         * Whether it is worth while to reserve for the next {@link #exchange} while one is under way. If so, {@link #giveBack} works.
         */
        default boolean reservesAhead() {
            return false;
        }

        /**
         * Takes back up to {@code limit} jobs that are assigned to this pool and not taken, the newest assignment first; they are ready
         * again. Answers how many; an unknown incarnation or pool has none.
         */
        default int giveBack(String incarnation, String pool, int limit) {
            return 0;
        }

        /** Called soon after jobs were assigned to this incarnation; may be called without need. Never on an I/O thread. */
        Subscription onAssigned(String incarnation, Runnable hint);
    }
}
