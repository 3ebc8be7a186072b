package io.muster.queue.memory;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job and where it stands. Changed by {@link JobTable} only. */
final class MemoryJob {
    /** Within a queue: what is handed out first. */
    static final Comparator<MemoryJob> BY_PRIORITY_THEN_PLACE =
            Comparator.comparingInt((MemoryJob job) -> -job.spec.priority()).thenComparingLong(job -> job.place);

    /** Delayed jobs: what is due first. */
    static final Comparator<MemoryJob> BY_DUE_MOMENT =
            Comparator.comparing((MemoryJob job) -> job.dueOrThrow()).thenComparingLong(job -> job.sequence);

    private static final byte[] NO_PAYLOAD = new byte[0];

    /** In the order of pushes. */
    final long sequence;

    final Instant pushedAt;
    NewJob spec;
    JobState state = JobState.DELAYED;
    Counters counters = Counters.NONE;
    /** In the order of becoming ready; kept by a job that comes back without having run to an end. */
    long place;
    /** Assignments so far. */
    long assignments;

    Instant readySince;
    Instant settledAt;

    @Nullable
    Instant dueAt;

    @Nullable
    Assignment assignment;

    @Nullable
    String reason;

    @Nullable
    String detail;

    MemoryJob(NewJob spec, long sequence, Instant pushedAt) {
        this.spec = spec.withPayload(spec.payload().clone());
        this.sequence = sequence;
        this.pushedAt = pushedAt;
        this.readySince = pushedAt;
        this.settledAt = pushedAt;
    }

    String id() {
        return spec.id();
    }

    boolean isCurrent(AttemptToken token) {
        Assignment current = assignment;
        return state == JobState.RUNNING && current != null && current.token().equals(token);
    }

    Assignment assignmentOrThrow() {
        Assignment current = assignment;
        if (current == null) {
            throw new IllegalStateException("Job " + id() + " is " + state + " and has no assignment");
        }
        return current;
    }

    Instant dueOrThrow() {
        Instant due = dueAt;
        if (due == null) {
            throw new IllegalStateException("Job " + id() + " has no due moment");
        }
        return due;
    }

    void dropPayload() {
        spec = spec.withPayload(NO_PAYLOAD);
    }

    Attempt attempt() {
        Assignment current = assignmentOrThrow();
        return new Attempt(
                current.token(),
                spec.queue(),
                spec.type(),
                spec.payload().clone(),
                spec.priority(),
                counters,
                current.fencingToken(),
                pushedAt);
    }

    StoredJob stored() {
        return new StoredJob(
                id(),
                spec.queue(),
                spec.type(),
                spec.payload().clone(),
                state,
                spec.priority(),
                counters,
                pushedAt,
                Optional.ofNullable(dueAt),
                Optional.ofNullable(assignment).map(current -> current.token().incarnation()),
                Optional.ofNullable(reason),
                Optional.ofNullable(detail),
                state.isSettled() ? Optional.of(settledAt) : Optional.empty());
    }

    /**
     * Whose a job is now.
     *
     * @param fencingToken grows over all assignments, so that it also orders them
     * @param suspect whether the job was a suspect when it was assigned
     */
    record Assignment(
            AttemptToken token, Incarnations.Life life, Incarnations.Pool pool, long fencingToken, boolean suspect) {}
}
