package io.muster.queue.memory;

import io.muster.queue.memory.MemoryJob.Assignment;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import io.muster.queue.store.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The life of a job: one method per arrow, each of which leaves books, indexes, keys and pools in agreement. Tokens and
 * fences were compared before. Not thread-safe.
 */
final class JobTable {
    final QueueBooks books = new QueueBooks();
    final ReadyIndex ready = new ReadyIndex();
    final Holds<String> unique = new Holds<>();
    final Holds<AttemptToken> overlap = new Holds<>();
    final Incarnations incarnations = new Incarnations();

    private final Wakes wakes;
    private final RandomGenerator nonces;
    private final Map<String, MemoryJob> jobs = new HashMap<>();
    private final TreeSet<MemoryJob> delayed = new TreeSet<>(MemoryJob.BY_DUE_MOMENT);
    private final SettledMemory settled = new SettledMemory();
    private int live;
    private long lastSequence;
    private long lastPlace;
    private long lastFencingToken;

    JobTable(Wakes wakes, RandomGenerator nonces) {
        this.wakes = wakes;
        this.nonces = nonces;
    }

    Optional<MemoryJob> find(String jobId) {
        return Optional.ofNullable(jobs.get(jobId));
    }

    boolean knows(String jobId) {
        return jobs.containsKey(jobId);
    }

    /** Jobs that still have to end. */
    int live() {
        return live;
    }

    Optional<Instant> nextDue() {
        return delayed.isEmpty()
                ? Optional.empty()
                : Optional.of(delayed.first().dueOrThrow());
    }

    /** A job with an unknown id whose unique key is free. */
    void push(NewJob spec, Instant now) {
        MemoryJob job = new MemoryJob(spec, ++lastSequence, now);
        jobs.put(job.id(), job);
        live++;
        job.dueAt = spec.dueAt().orElse(null);
        spec.unique()
                .ifPresent(key ->
                        unique.hold(key.key(), job.id(), key.heldFor().map(heldFor -> Moments.after(now, heldFor))));
        books.enter(job);
        wait(job, now);
    }

    /** Makes due jobs ready, at most {@code limit}; answers how many. */
    int promote(Instant now, int limit) {
        int promoted = 0;
        while (promoted < limit
                && !delayed.isEmpty()
                && !delayed.first().dueOrThrow().isAfter(now)) {
            becomeReady(delayed.pollFirst(), now);
            promoted++;
        }
        return promoted;
    }

    /** Gives a ready job, which the index has found, to a pool. */
    void assign(MemoryJob job, Incarnations.Life life, Incarnations.Pool pool, Instant now) {
        ready.remove(job);
        AttemptToken token =
                new AttemptToken(job.id(), ++job.assignments, life.name, Long.toHexString(nonces.nextLong()));
        boolean suspect = job.counters.isSuspect();
        job.assignment = new Assignment(token, life, pool, ++lastFencingToken, suspect);
        job.spec
                .overlap()
                .ifPresent(key -> overlap.hold(
                        key.key(), token, key.expireAfter().map(expireAfter -> Moments.after(now, expireAfter))));
        if (suspect) {
            life.suspect = job;
        }
        pool.assigned.put(lastFencingToken, job);
        books.move(job, JobState.ASSIGNED);
        wakes.assigned(life.name);
    }

    /** An assigned job is started. */
    void take(MemoryJob job) {
        Assignment current = job.assignmentOrThrow();
        current.pool().assigned.remove(current.fencingToken());
        current.pool().running.put(current.fencingToken(), job);
        job.counters = job.counters.started();
        job.spec
                .unique()
                .filter(key -> key.until() == UniqueKey.Until.PROCESSING)
                .ifPresent(key -> unique.free(key.key(), job.id()));
        books.move(job, JobState.RUNNING);
    }

    /** An attempt ended without an end of the job, which is ready again in its old place. */
    void comeBack(MemoryJob job, Counters counters, Instant now) {
        endAttempt(job);
        job.readySince = now;
        job.counters = counters;
        books.move(job, JobState.READY);
        ready.add(job);
        wakes.ready();
    }

    /** An attempt asked for another one, later. */
    void release(MemoryJob job, Counters counters, Duration delay, Instant now) {
        endAttempt(job);
        job.counters = counters;
        job.dueAt = delay.isNegative() || delay.isZero() ? null : Moments.after(now, delay);
        books.move(job, JobState.DELAYED);
        wait(job, now);
    }

    /** A ready or running job ends for good. */
    void settle(MemoryJob job, JobState end, @Nullable String reason, @Nullable String detail, Instant now) {
        if (job.state == JobState.READY) {
            ready.remove(job);
        } else {
            endAttempt(job);
        }
        job.spec.unique().ifPresent(key -> unique.free(key.key(), job.id()));
        job.reason = reason;
        job.detail = detail;
        job.settledAt = now;
        live--;
        if (end != JobState.FAILED) {
            job.dropPayload();
        }
        books.move(job, end);
        forget(settled.add(job));
    }

    /** A ready or delayed job is removed without a trace. */
    void clear(MemoryJob job) {
        if (job.state == JobState.READY) {
            ready.remove(job);
        } else {
            delayed.remove(job);
        }
        job.spec.unique().ifPresent(key -> unique.free(key.key(), job.id()));
        live--;
        jobs.remove(job.id());
        books.remove(job);
    }

    /** A failed job, whose unique key is free, is ready again as if it had never run. */
    void retry(MemoryJob job, Instant now) {
        settled.remove(job);
        job.spec.unique().ifPresent(key -> unique.hold(key.key(), job.id(), Optional.empty()));
        job.counters = Counters.NONE;
        job.reason = null;
        job.detail = null;
        job.dueAt = null;
        live++;
        becomeReady(job, now);
    }

    /** A failed job is removed without a trace. */
    void forget(MemoryJob job) {
        settled.remove(job);
        forget(List.of(job));
    }

    /** The process survived the loss of its node's session: one crash of the job is taken back. */
    void survive(MemoryJob job) {
        boolean indexed = job.state == JobState.READY;
        if (indexed) {
            ready.remove(job);
        }
        job.counters = job.counters.survived();
        if (indexed) {
            ready.add(job);
            wakes.ready();
        }
    }

    /** Something changed that the leader looks at. */
    void hintLeader() {
        wakes.ready();
    }

    /** Ends holds of either kind whose time is over. */
    void expireKeys(Instant now, int limit) {
        unique.expire(now, limit);
        expireOverlap(now, limit);
    }

    /** Ends overlap holds whose time is over. */
    void expireOverlap(Instant now, int limit) {
        overlap.expire(now, limit).forEach(this::overlapFreed);
    }

    /** Whether the queue was not paused before. */
    boolean pause(String queue, String by) {
        return books.pause(queue, by);
    }

    /** Whether the queue was paused before. */
    boolean resume(String queue) {
        boolean changed = books.resume(queue);
        if (changed) {
            wakes.ready();
        }
        return changed;
    }

    /** Forgets settled jobs whose time is over, at most {@code limit}; answers how many. */
    int forgetSettled(Instant now, Retention retention, int limit) {
        return forget(settled.expire(now, retention, limit));
    }

    private int forget(Collection<MemoryJob> forgotten) {
        for (MemoryJob job : List.copyOf(forgotten)) {
            jobs.remove(job.id());
            books.remove(job);
        }
        return forgotten.size();
    }

    /** A job in state DELAYED waits for its moment, or is ready if that is past. */
    private void wait(MemoryJob job, Instant now) {
        if (job.dueAt == null || !job.dueAt.isAfter(now)) {
            becomeReady(job, now);
            return;
        }
        delayed.add(job);
        if (job.equals(delayed.first())) {
            wakes.ready();
        }
    }

    private void becomeReady(MemoryJob job, Instant now) {
        job.place = ++lastPlace;
        job.readySince = now;
        books.move(job, JobState.READY);
        ready.add(job);
        wakes.ready();
    }

    private void endAttempt(MemoryJob job) {
        Assignment current = job.assignmentOrThrow();
        current.pool().assigned.remove(current.fencingToken());
        current.pool().running.remove(current.fencingToken());
        if (current.suspect()) {
            current.life().suspect = null;
        }
        job.assignment = null;
        job.spec
                .overlap()
                .filter(key -> overlap.free(key.key(), current.token()))
                .ifPresent(key -> overlapFreed(key.key()));
        if (current.suspect()) {
            wakes.ready();
        }
    }

    private void overlapFreed(String key) {
        if (ready.keyFreed(key)) {
            wakes.ready();
        }
    }
}
