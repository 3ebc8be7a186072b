package io.muster.queue.worker;

import io.muster.queue.job.JobFlow;
import io.muster.queue.job.PayloadException;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An attempt in a slot: on its way through its handler and, if it fails for good, through its failed hook. Guarded by the lock of its
 * {@link Slots}.
 */
final class Slot {
    final Attempt attempt;
    final Runner runner;
    Phase phase = Phase.BEGINNING;
    Optional<Handling> handling = Optional.empty();
    Optional<FailedHook> hook = Optional.empty();

    /** What has become of the handler. */
    enum Phase {
        BEGINNING,
        RUNNING,
        RETURNED,
        /** It was interrupted and may still run, without its slot. */
        LEFT
    }

    /** The handler's run, since when, and when it times out, on the monotonic clock. */
    record Handling(HandlerRun run, JobCall<?> call, long beganNanos, long timeoutAtNanos) {}

    /** An attempt that ended, what follows from that, and for how long its handler ran. */
    record Ended(Attempt attempt, Settlement.Outcome outcome, List<OutboxEntry> following, long ranNanos) {}

    /** A job whose chain cannot be read fails where it would go on: it is kept, with the reason. */
    Ended ended(Settlement.Outcome outcome, long ranNanos) {
        try {
            List<OutboxEntry> following =
                    handling.map(handled -> handled.run().following(outcome)).orElse(List.of());
            return new Ended(attempt, outcome, following, ranNanos);
        } catch (PayloadException | IllegalArgumentException e) {
            Settlement.Failed failed = new Settlement.Failed(
                    "What follows it cannot be read: " + e.getMessage(), "", Settlement.Why.ASKED);
            return new Ended(attempt, failed, List.of(), ranNanos);
        }
    }

    /** It could not be read, but perhaps what follows on its failure can. */
    Ended unreadable(Settlement.Failed failed, Instant now) {
        List<OutboxEntry> following;
        try {
            following = JobFlow.of(attempt.payload()).following(jobId(), failed, now);
        } catch (PayloadException | IllegalArgumentException e) {
            following = List.of();
        }
        return new Ended(attempt, failed, following, 0);
    }

    Slot(Attempt attempt, Runner runner) {
        this.attempt = attempt;
        this.runner = runner;
    }

    String jobId() {
        return attempt.token().jobId();
    }
}
