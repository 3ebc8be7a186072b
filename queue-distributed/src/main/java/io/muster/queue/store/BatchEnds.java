package io.muster.queue.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What ended in one batch by one operation, added up, so that a group of settlements costs one change of the batch.
 *
 * @param succeeded ids of jobs that completed
 * @param discarded ids of jobs that were discarded
 * @param failures jobs that failed
 * @param skipped links that will never run, and members that were removed while they waited with all their links
 * @param added by how much the total changes: links that follow beyond those that were announced; less than 0 if fewer follow
 */
public record BatchEnds(
        List<String> succeeded, List<String> discarded, List<StoredBatch.Failure> failures, int skipped, int added) {
    public static final BatchEnds NONE = new BatchEnds(List.of(), List.of(), List.of(), 0, 0);

    public BatchEnds {
        succeeded = List.copyOf(succeeded);
        discarded = List.copyOf(discarded);
        failures = List.copyOf(failures);
    }

    /**
     * One accepted settlement of a member.
     *
     * @param links {@link BatchMembership#links} of the job
     * @param following sum of the links of those jobs of the same batch that the settlement pushed: they are the announced ones, and raise
     *     the total only as far as they are more
     */
    public static BatchEnds of(String jobId, int links, Settlement.Outcome outcome, int following) {
        int beyond = following - (links - 1);
        if (outcome instanceof Settlement.Completed) {
            return new BatchEnds(List.of(jobId), List.of(), List.of(), 0, beyond);
        }
        if (outcome instanceof Settlement.Discarded) {
            return new BatchEnds(List.of(), List.of(jobId), List.of(), 0, beyond);
        }
        if (outcome instanceof Settlement.Failed failed) {
            BatchEnds end = failed(jobId, links, failed.reason());
            return new BatchEnds(end.succeeded, end.discarded, end.failures, end.skipped, following);
        }
        return new BatchEnds(List.of(), List.of(), List.of(), 0, following);
    }

    /** A member failed, by a settlement or by the store; its links do not follow. */
    public static BatchEnds failed(String jobId, int links, String reason) {
        return new BatchEnds(List.of(), List.of(), List.of(new StoredBatch.Failure(jobId, reason)), links - 1, 0);
    }

    /** A waiting member was removed. */
    public static BatchEnds cleared(int links) {
        return new BatchEnds(List.of(), List.of(), List.of(), links, 0);
    }

    /** Both, this first. */
    public BatchEnds and(BatchEnds more) {
        return new BatchEnds(
                joined(succeeded, more.succeeded),
                joined(discarded, more.discarded),
                joined(failures, more.failures),
                skipped + more.skipped,
                added + more.added);
    }

    Optional<StoredBatch.Failure> firstFailure() {
        return failures.stream().findFirst();
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
