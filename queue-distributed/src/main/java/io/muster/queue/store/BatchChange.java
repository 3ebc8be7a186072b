package io.muster.queue.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a batch changes, as pure functions: stores written in Java use them within their atomic operation; a script that counts by itself
 * gives the same results. W2
 *
 * @param batch as it is after the change
 * @param followUps callbacks to be pushed in the same operation, in this order; their ids are derived from the batch's
 */
public record BatchChange(StoredBatch batch, List<OutboxEntry> followUps) {
    public BatchChange {
        followUps = List.copyOf(followUps);
    }

    /** A new batch, without jobs yet; one that is not open is sealed after its jobs were {@link #added}. */
    public static BatchChange created(NewBatch batch, Instant now) {
        StoredBatch created = new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                true,
                0,
                0,
                0,
                0,
                now,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Set.of(BatchEvent.BEFORE),
                batch.callbacks());
        return new BatchChange(
                created, callback(created, BatchEvent.BEFORE).stream().toList());
    }

    /** Jobs were pushed that stand for {@code links}; the batch is not finished. */
    public static StoredBatch added(StoredBatch to, int links) {
        return counts(to, to.total() + links, to.succeeded(), to.failed(), to.skipped());
    }

    /** Its creator adds no more. No effect on a sealed one. */
    public static BatchChange sealed(StoredBatch batch, Instant now) {
        return concluded(
                new StoredBatch(
                        batch.id(),
                        batch.name(),
                        batch.queue(),
                        batch.allowsFailures(),
                        false,
                        batch.total(),
                        batch.succeeded(),
                        batch.failed(),
                        batch.skipped(),
                        batch.createdAt(),
                        batch.cancelledAt(),
                        batch.cancelledByFailure(),
                        batch.finishedAt(),
                        batch.firstFailure(),
                        batch.happened(),
                        batch.callbacks()),
                List.of(),
                now);
    }

    /** Jobs of it ended. What was discarded counts as skipped if the batch was cancelled before these ends, else as succeeded. */
    public static BatchChange ended(StoredBatch before, BatchEnds ends, Instant now) {
        List<String> well = before.cancelled()
                ? ends.succeeded()
                : Stream.concat(ends.succeeded().stream(), ends.discarded().stream())
                        .toList();
        int discarded = before.cancelled() ? ends.discarded().size() : 0;
        StoredBatch counted = counts(
                before,
                before.total() + ends.added(),
                before.succeeded() + well.size(),
                before.failed() + ends.failures().size(),
                before.skipped() + ends.skipped() + discarded);
        List<OutboxEntry> followUps = new ArrayList<>();
        for (String jobId : well) {
            template(counted, BatchEvent.PROGRESS)
                    .map(template -> template.withJobId(DerivedId.of(jobId, BatchEvent.PROGRESS.word())))
                    .ifPresent(followUps::add);
        }
        Optional<StoredBatch.Failure> failure = ends.firstFailure();
        if (failure.isEmpty()) {
            return concluded(counted, followUps, now);
        }
        boolean cancels = !counted.allowsFailures() && !counted.cancelled();
        Set<BatchEvent> happened = happened(counted);
        if (happened.add(BatchEvent.CATCH)) {
            callback(counted, BatchEvent.CATCH).ifPresent(followUps::add);
        }
        StoredBatch failed = state(
                counted,
                cancels ? Optional.of(now) : counted.cancelledAt(),
                cancels || counted.cancelledByFailure(),
                counted.finishedAt(),
                counted.firstFailure().or(() -> failure),
                happened);
        return concluded(failed, followUps, now);
    }

    /** It is cancelled by hand. No effect on a finished or cancelled one, but that no retry lifts it any more. */
    public static StoredBatch cancelled(StoredBatch batch, Instant now) {
        return batch.finished()
                ? batch
                : state(
                        batch,
                        batch.cancelledAt().or(() -> Optional.of(now)),
                        false,
                        batch.finishedAt(),
                        batch.firstFailure(),
                        batch.happened());
    }

    /** A failed member is ready again with all its links: the batch is not finished, and not cancelled any more if a failure did that. */
    public static StoredBatch retried(StoredBatch batch, int links) {
        StoredBatch counted =
                counts(batch, batch.total(), batch.succeeded(), batch.failed() - 1, batch.skipped() - (links - 1));
        return state(
                counted,
                counted.cancelledByFailure() ? Optional.empty() : counted.cancelledAt(),
                false,
                Optional.empty(),
                counted.firstFailure(),
                counted.happened());
    }

    /** Finishes it if nothing is left. */
    private static BatchChange concluded(StoredBatch batch, List<OutboxEntry> soFar, Instant now) {
        if (batch.open() || batch.pending() > 0 || batch.finished()) {
            return new BatchChange(batch, soFar);
        }
        List<OutboxEntry> followUps = new ArrayList<>(soFar);
        Set<BatchEvent> happened = happened(batch);
        boolean allWell = batch.failed() == 0 && batch.skipped() == 0 && !batch.cancelled();
        if (allWell && happened.add(BatchEvent.THEN)) {
            callback(batch, BatchEvent.THEN).ifPresent(followUps::add);
        }
        if (happened.add(BatchEvent.FINALLY)) {
            callback(batch, BatchEvent.FINALLY).ifPresent(followUps::add);
        }
        return new BatchChange(
                state(
                        batch,
                        batch.cancelledAt(),
                        batch.cancelledByFailure(),
                        Optional.of(now),
                        batch.firstFailure(),
                        happened),
                followUps);
    }

    private static Set<BatchEvent> happened(StoredBatch batch) {
        Set<BatchEvent> happened = EnumSet.noneOf(BatchEvent.class);
        happened.addAll(batch.happened());
        return happened;
    }

    /** Of what happens once. */
    private static Optional<OutboxEntry> callback(StoredBatch batch, BatchEvent event) {
        return template(batch, event).map(template -> template.withJobId(DerivedId.of(batch.id(), event.word())));
    }

    private static Optional<OutboxEntry> template(StoredBatch batch, BatchEvent event) {
        return Optional.ofNullable(batch.callbacks().get(event));
    }

    private static StoredBatch counts(StoredBatch batch, int total, int succeeded, int failed, int skipped) {
        return new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.open(),
                total,
                succeeded,
                failed,
                skipped,
                batch.createdAt(),
                batch.cancelledAt(),
                batch.cancelledByFailure(),
                batch.finishedAt(),
                batch.firstFailure(),
                batch.happened(),
                batch.callbacks());
    }

    private static StoredBatch state(
            StoredBatch batch,
            Optional<Instant> cancelledAt,
            boolean cancelledByFailure,
            Optional<Instant> finishedAt,
            Optional<StoredBatch.Failure> firstFailure,
            Set<BatchEvent> happened) {
        return new StoredBatch(
                batch.id(),
                batch.name(),
                batch.queue(),
                batch.allowsFailures(),
                batch.open(),
                batch.total(),
                batch.succeeded(),
                batch.failed(),
                batch.skipped(),
                batch.createdAt(),
                cancelledAt,
                cancelledByFailure,
                finishedAt,
                firstFailure,
                happened,
                batch.callbacks());
    }
}
