package io.muster.queue.store;

import io.muster.cluster.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

    /** Releases connections that the store opened itself. Idempotent. */
    @Override
    void close();

    /** What producers and people do. */
    interface Intake {
        /**
         * Accepts jobs. Once it returned an outcome {@code Pushed}, that job is not lost as long as the store keeps its own
         * promise. Repeating a push whose outcome was unknown with the same ids does not push twice while ids are remembered
         * ({@link StoreCapabilities#remembersIdsFor}).
         *
         * @throws IllegalArgumentException a payload exceeds {@link StoreCapabilities#mostPayloadBytes()}; nothing was pushed
         * @throws StoreFullException a bounded store has no room for all of them; nothing was pushed
         */
        List<PushOutcome> push(List<NewJob> jobs);

        /** The job as it is now, also completed ones while remembered, failed ones until pruned. */
        Optional<StoredJob> find(String jobId);

        /** Sizes of all queues that hold or held jobs, ordered by name. */
        List<QueueCounts> counts();

        /** Jobs in one state, oldest first, at most {@code limit}, whose id follows {@code after} in the store's own order. */
        List<StoredJob> list(String queue, JobState state, Optional<String> after, int limit);

        /** Stops handing out jobs of the queue, in the whole cluster; pushes are still accepted. Idempotent. */
        void pause(String queue, String by);

        /** Ends {@link #pause}. Idempotent. */
        void resume(String queue);
    }

    /** What the leader does. Every method is refused with {@link StaleFenceException} if a newer fence is installed. */
    interface LeaderDesk {
        /**
         * Compare-and-raise: from now on no older fence of the group can write. Idempotent for the same fence.
         *
         * @throws StaleFenceException a newer term is installed already
         * @throws ForeignFenceException the fence record belongs to another coordinator; nothing is written before an operator adopts it (C11)
         */
        void install(Fence fence);

        /** Raises the generation by an operator's word, so that a fence of {@code identity} can be installed. C11 */
        void adopt(String group, String identity);

        /**
         * Assigns ready jobs to nodes, filling each grant's pool up to its limit, in the order of grants; skips jobs that a
         * grant's types do not contain, whose overlap key is held, whose queue is paused, or that are suspect while their
         * node has a suspect already. Grants to incarnations that are not admitted, or are buried, assign nothing.
         */
        AssignReport assign(Fence fence, List<Grant> grants);

        /** Takes back up to {@code limit} jobs that are assigned but not taken, newest first; they are ready again. Answers how many. */
        int revoke(Fence fence, String incarnation, String pool, int limit);

        /**
         * Buries a lost incarnation: it can never take or settle again. Then takes back what it held, at most {@code limit}
         * jobs per call: untaken jobs are ready again and unchanged; running ones count a crash and are suspect from then on; a
         * suspect that crashed {@link NewJob#maxCrashes} times as suspect fails. Repeat until {@link BuryReport#done()}. Idempotent.
         */
        BuryReport bury(Fence fence, String incarnation, int limit);

        /** Every incarnation that is admitted or still has jobs under it, buried or not. */
        List<IncarnationRecord> incarnations();

        /** Makes due jobs ready, ends keys whose time is over, forgets what was remembered long enough; at most {@code limit} of each. */
        TendReport tend(Fence fence, Retention retention, Instant now, int limit);

        /** Fails ready jobs of types that no live node serves and that wait longer than {@code longest}. Answers how many failed. */
        int failUnserved(Fence fence, List<String> servedTypes, Duration longest, Instant now);

        /** Entries that settlements left for other queues or connections, oldest first. */
        List<OutboxEntry> outbox(Fence fence, int limit);

        /** Removes relayed entries. Idempotent. */
        void relayed(Fence fence, List<String> outboxIds);

        /** Called soon after jobs became ready, from an idle state at once; may be called without need. Never on an I/O thread. */
        Subscription onReady(Runnable hint);
    }

    /** What nodes do. */
    interface NodeDesk {
        /**
         * Makes an incarnation known, once. If {@code survivorOf} names an earlier incarnation of the same living process, whose
         * session was lost, the crashes counted by its burial are taken back.
         *
         * @throws IncarnationBuriedException it is buried already
         */
        void admit(IncarnationRecord incarnation, Optional<String> survivorOf);

        /** The incarnation leaves by itself: what it holds untaken is ready again, what it runs is settled or reclaimed later. Then it is buried. Idempotent. */
        void leave(String incarnation);

        /**
         * One round trip: settles what has ended, then takes up to the limit of what is assigned, oldest first. Taken jobs are
         * recorded as started before this returns. If a reply was lost, the next call says what the pool holds
         * ({@link Exchange#holding()}) and the store delivers again what it counts as running there and the pool does not hold.
         *
         * @throws IncarnationBuriedException nothing was applied and nothing ever will: rejoin as a new incarnation
         */
        ExchangeReply exchange(Exchange exchange);

        /**
         * Assigns ready jobs to the caller itself, without a leader (C7): as {@link LeaderDesk#assign} for its own grant,
         * promoting due jobs of the named queues first.
         */
        AssignReport reserve(Grant own, Instant now);

        /** Called soon after jobs were assigned to this incarnation; may be called without need. Never on an I/O thread. */
        Subscription onAssigned(String incarnation, Runnable hint);
    }
}
