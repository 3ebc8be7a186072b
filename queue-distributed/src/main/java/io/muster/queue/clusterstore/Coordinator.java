package io.muster.queue.clusterstore;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.time.Turns;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The primitives as the store calls them: bounded by the call timeout, errors in the store's words. Thread-safe. */
final class Coordinator {
    private static final int PAGE = 1000;

    private final Backend backend;
    private final Timeline timeline;
    private final Duration timeout;

    Coordinator(Cluster cluster) {
        this(cluster.backend(), cluster.options().timeline(), cluster.options().callTimeout());
    }

    Coordinator(Backend backend, Timeline timeline, Duration timeout) {
        this.backend = backend;
        this.timeline = timeline;
        this.timeout = timeout;
    }

    Capabilities capabilities() {
        return backend.capabilities();
    }

    Backend backend() {
        return backend;
    }

    Timeline timeline() {
        return timeline;
    }

    CommitResult commit(Transaction transaction) {
        return translated(() -> backend.commit(transaction, deadline()));
    }

    /**
     * Commits all of them beside each other; none waits for another's outcome.
     *
     * @return as many outcomes in the same order, all done; one that went wrong has the exception of {@link #commit}
     */
    List<CompletableFuture<CommitResult>> commitTogether(List<Transaction> transactions) {
        List<CompletableFuture<CommitResult>> outcomes = new ArrayList<>();
        for (Transaction transaction : transactions.subList(1, transactions.size())) {
            CompletableFuture<CommitResult> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            timeline.start("store-commit", () -> complete(outcome, transaction));
        }
        CompletableFuture<CommitResult> own = new CompletableFuture<>();
        complete(own, transactions.get(0));
        outcomes.add(0, own);
        Deadline patience = Deadline.after(timeout.multipliedBy(2), timeline.ticker());
        for (CompletableFuture<CommitResult> outcome : outcomes) {
            if (!timeline.await(outcome, patience)) {
                outcome.completeExceptionally(
                        new StoreOutcomeUnknownException("The coordinator was not waited for to the end"));
            }
        }
        return outcomes;
    }

    private void complete(CompletableFuture<CommitResult> outcome, Transaction transaction) {
        try {
            outcome.complete(commit(transaction));
        } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        }
    }

    Optional<Entry> read(Key key) {
        return translated(() -> backend.read(key, deadline()));
    }

    Listing page(ListRequest request) {
        return translated(() -> backend.list(request, deadline()));
    }

    /** The whole directory, in pages. */
    List<Entry> all(String directory) {
        return all(ListRequest.first(directory, PAGE));
    }

    /** The whole directory without values. */
    List<Entry> names(String directory) {
        return all(ListRequest.first(directory, PAGE).namesOnly());
    }

    private List<Entry> all(ListRequest first) {
        List<Entry> entries = new ArrayList<>();
        Listing page = page(first);
        entries.addAll(page.entries());
        while (page.more() && !page.entries().isEmpty()) {
            String last = page.entries().get(page.entries().size() - 1).key().name();
            page = page(first.after(last));
            entries.addAll(page.entries());
        }
        return entries;
    }

    /**
     * Runs what must not overlap, after all that came earlier in these turns. No lock is held meanwhile: who waits for its turn waits as
     * for a slow coordinator, no longer than a call may take.
     *
     * @throws StoreUnavailableException its turn did not come in time; nothing was done
     */
    <T> T inTurn(Turns turns, Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        translated(() -> {
            turns.run(deadline(), () -> result.complete(action.get()));
            return true;
        });
        return result.join();
    }

    /** Waits for what others do here, no longer than a call may take; whether it is done. */
    boolean await(CompletableFuture<?> signal) {
        return timeline.await(signal, deadline());
    }

    private Deadline deadline() {
        return Deadline.after(timeout, timeline.ticker());
    }

    private static <T> T translated(Supplier<T> call) {
        try {
            return call.get();
        } catch (OutcomeUnknownException e) {
            throw new StoreOutcomeUnknownException("The coordinator did not answer: " + e.getMessage(), e);
        } catch (ClusterException e) {
            throw new StoreUnavailableException("The coordinator cannot serve: " + e.getMessage(), e);
        }
    }
}
