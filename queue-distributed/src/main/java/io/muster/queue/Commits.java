package io.muster.queue;

import io.muster.queue.job.JobOptions;
import io.muster.queue.transaction.TransactionBoundary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Which jobs wait for the application's transactions. J4
 *
 * @param boundaries all that knows of transactions
 * @param byDefault whether jobs wait of which nobody says anything
 */
record Commits(List<TransactionBoundary> boundaries, boolean byDefault) {
    Commits {
        if (byDefault && boundaries.isEmpty()) {
            throw new IllegalArgumentException("Jobs are to wait for the commit, and nobody tells when that is;"
                    + " add a JdbcBoundary or another TransactionBoundary by QueueBuilder.transactions");
        }
    }

    /**
     * Pushes when all transactions have committed that are open on this thread; empty if it has to wait for that.
     *
     * @throws IllegalStateException the job is to wait, and nobody tells of transactions
     */
    <T> Optional<T> push(JobOptions options, Supplier<T> push) {
        if (!waits(options)) {
            return Optional.of(push.get());
        }
        if (boundaries.isEmpty()) {
            throw new IllegalStateException("The job is to wait for the commit, and nobody tells when that is;"
                    + " add a JdbcBoundary or another TransactionBoundary by QueueBuilder.transactions");
        }
        AtomicInteger left = new AtomicInteger(boundaries.size());
        for (TransactionBoundary boundary : boundaries) {
            boolean open = boundary.afterCommit(() -> {
                if (left.decrementAndGet() == 0) {
                    committed(push);
                }
            });
            if (!open && left.decrementAndGet() == 0) {
                return Optional.of(push.get());
            }
        }
        return Optional.empty();
    }

    boolean waits(JobOptions options) {
        return options.afterCommit().orElse(byDefault);
    }

    private static <T> void committed(Supplier<T> push) {
        try {
            T unused = push.get();
        } catch (RuntimeException e) {
            throw new QueueException(
                    "The transaction has committed, but a job that waited for it was not pushed: " + e.getMessage(), e);
        }
    }
}
