package io.muster.queue.clusterstore;

import io.muster.queue.store.Attempt;
import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.Counters;
import io.muster.queue.store.JobState;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.StoredJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job as it is kept.
 *
 * @param pushed moment and sequence of its push: its age
 * @param place its place among ready jobs of its priority, of the same form
 * @param number how often it was assigned
 * @param nonce of the latest assignment
 * @param incarnation and {@code pool}: whose it is, or was last
 * @param uniqueFreed whether it gave up its unique key already
 * @param crashedOn incarnations whose loss counted as a crash
 */
record JobDocument(
        NewJob job,
        String pushed,
        String place,
        JobState state,
        Counters counters,
        long number,
        String nonce,
        String incarnation,
        String pool,
        boolean uniqueFreed,
        List<String> crashedOn,
        String reason,
        String detail) {
    JobDocument {
        crashedOn = List.copyOf(crashedOn);
    }

    static JobDocument pushed(NewJob job, String pushed, JobState state) {
        return new JobDocument(job, pushed, pushed, state, Counters.NONE, 0, "", "", "", false, List.of(), "", "");
    }

    String id() {
        return job.id();
    }

    JobDocument assigned(String toIncarnation, String toPool, String withNonce) {
        return new JobDocument(
                job,
                pushed,
                place,
                JobState.ASSIGNED,
                counters,
                number + 1,
                withNonce,
                toIncarnation,
                toPool,
                uniqueFreed,
                crashedOn,
                "",
                "");
    }

    JobDocument running(boolean freesUnique) {
        return new JobDocument(
                job,
                pushed,
                place,
                JobState.RUNNING,
                counters.started(),
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed || freesUnique,
                crashedOn,
                "",
                "");
    }

    /** Ready again where it stood, its start taken back if it had begun. */
    JobDocument back() {
        Counters kept = state == JobState.RUNNING ? counters.notStarted() : counters;
        return with(JobState.READY, kept);
    }

    JobDocument with(JobState changed, Counters counted) {
        return new JobDocument(
                job,
                pushed,
                place,
                changed,
                counted,
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed,
                crashedOn,
                reason,
                detail);
    }

    JobDocument at(String newPlace) {
        return new JobDocument(
                job,
                pushed,
                newPlace,
                state,
                counters,
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed,
                crashedOn,
                reason,
                detail);
    }

    JobDocument due(Instant moment) {
        return new JobDocument(
                job.withDueAt(moment),
                pushed,
                place,
                state,
                counters,
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed,
                crashedOn,
                reason,
                detail);
    }

    JobDocument crashed() {
        List<String> crashes = new ArrayList<>(crashedOn);
        crashes.add(incarnation);
        return new JobDocument(
                job,
                pushed,
                place,
                JobState.READY,
                counters.crashed(),
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed,
                crashes,
                "",
                "");
    }

    /** The process whose loss counted as a crash lived after all. */
    JobDocument survived(String lostIncarnation) {
        List<String> crashes = new ArrayList<>(crashedOn);
        if (!crashes.remove(lostIncarnation)) {
            return this;
        }
        return new JobDocument(
                job,
                pushed,
                place,
                state,
                counters.survived(),
                number,
                nonce,
                incarnation,
                pool,
                uniqueFreed,
                crashes,
                reason,
                detail);
    }

    JobDocument ended(JobState changed, Counters counted, String why, String more) {
        return new JobDocument(
                job, pushed, place, changed, counted, number, nonce, incarnation, pool, true, crashedOn, why, more);
    }

    /** Ready as if it had never run; its assignments are counted on, so that no name and no token comes back. */
    JobDocument retried(String newPlace) {
        NewJob atOnce = new NewJob(
                job.id(),
                job.queue(),
                job.type(),
                job.payload(),
                job.priority(),
                Optional.empty(),
                job.maxCrashes(),
                job.unique(),
                job.overlap(),
                job.batch(),
                job.tellsFailure());
        return new JobDocument(
                atOnce, pushed, newPlace, JobState.READY, Counters.NONE, number, "", "", "", false, List.of(), "", "");
    }

    AttemptToken token() {
        return new AttemptToken(id(), number, incarnation, nonce);
    }

    Attempt attempt(long fencingToken) {
        return new Attempt(
                token(), job.queue(), job.type(), job.payload(), job.priority(), counters, fencingToken, pushedAt());
    }

    Instant pushedAt() {
        return Places.instant(pushed);
    }

    /** {@code settledAt} is where the document lies, if it lies with the failed ones. */
    StoredJob stored(Optional<Instant> settledAt) {
        boolean held = state == JobState.ASSIGNED || state == JobState.RUNNING;
        return new StoredJob(
                id(),
                job.queue(),
                job.type(),
                job.payload(),
                state,
                job.priority(),
                counters,
                pushedAt(),
                job.dueAt(),
                held ? Optional.of(incarnation) : Optional.empty(),
                reason.isEmpty() ? Optional.empty() : Optional.of(reason),
                detail.isEmpty() ? Optional.empty() : Optional.of(detail),
                settledAt);
    }
}
