package io.muster.queue.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A fact. Of jobs each process tells what happens in itself: who pushed it says that it was queued, the node that runs it the rest. Every
 * node tells who leads and who came and went, as it sees it. F2
 */
public sealed interface QueueEvent {
    /** Name of the connection; {@code default} if the queue is none of several. */
    String connection();

    /** A job was accepted by the store. Jobs pushed within a caller's own database transaction are not told. */
    record JobQueued(String connection, String queue, String type, String jobId) implements QueueEvent {}

    /** An attempt begins. */
    record BeforeJob(String connection, EventJob job) implements QueueEvent {}

    /** A job completed, and the store knows. */
    record AfterJob(String connection, EventJob job) implements QueueEvent {}

    /** An attempt ended by an exception, whatever comes of the job. */
    record ExceptionOccurred(String connection, EventJob job, Throwable exception) implements QueueEvent {}

    /**
     * A job failed for good, and the store knows: in an attempt on this node, or because the store failed it, crashed too often or served by
     * nobody, of which any one node is told. Of a job that was pushed raw, as it is, that is not told.
     *
     * @param cause what was thrown, as one line, or another reason
     * @param stackTrace empty if nothing was thrown
     */
    record JobFailed(String connection, EventJob job, String cause, String stackTrace) implements QueueEvent {}

    /** A pool is about to ask for jobs. */
    record Looping(String connection, String pool, List<String> queues) implements QueueEvent {}

    /** A queue has more jobs than its threshold: told by the leader's monitor, or by whoever monitors. F3 */
    record QueueBusy(String connection, String queue, long size) implements QueueEvent {}

    /** Figures of the connection are above a threshold. F3 */
    record FiguresHigh(String connection, String figure, long value, long threshold) implements QueueEvent {}

    /** A pool of this node takes nothing more, and ends. */
    record WorkerStopping(String connection, String pool) implements QueueEvent {}

    /**
     * Somebody else leads a distribution group, or nobody.
     *
     * @param leader name of the node
     */
    record LeadershipChanged(String connection, String group, Optional<String> leader) implements QueueEvent {}

    /** A node is a member that was none. */
    record NodeJoined(String connection, String node, String incarnation) implements QueueEvent {}

    /** A node is no member any more: it left, or its session was lost. */
    record NodeLeft(String connection, String node, String incarnation) implements QueueEvent {}

    /**
     * A job as an event tells of it.
     *
     * @param attempt from 1
     * @param payload as it was pushed; not to be changed
     */
    record EventJob(String id, String queue, String type, int attempt, Instant pushedAt, byte[] payload) {
        @Override
        public String toString() {
            return "EventJob[" + id + ", " + type + " on " + queue + ", attempt " + attempt + "]";
        }
    }
}
