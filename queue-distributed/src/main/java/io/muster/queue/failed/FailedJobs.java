package io.muster.queue.failed;

import io.muster.cluster.spi.Key;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoredJob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The failed jobs of one connection: to look at, to run again, to remove. Whatever concerns many goes through them in pages; jobs
 * that fail meanwhile may be left out. Calls throw {@link io.muster.queue.store.StoreException} if the store does not do what it is
 * asked, and may be repeated. Thread-safe. F1
 *
 * <p>The store itself removes failed jobs after its retention ({@code muster.retain-failed}, seven days unless set).
 */
public final class FailedJobs {
    /** What {@link #prune} leaves. */
    public static final Duration PRUNED_AFTER = Duration.ofHours(24);

    private static final int PAGE = 200;
    private static final String BETWEEN = "/";

    private final String connection;
    private final JobStore store;
    private final InstantSource clock;

    /** Of a store; {@code io.muster.queue.Queue.failed} gives those of a queue. */
    public FailedJobs(String connection, JobStore store, InstantSource clock) {
        this.connection = connection;
        this.store = store;
        this.clock = clock;
    }

    /** How many there are. */
    public long count() {
        return store.intake().counts().stream().mapToLong(QueueCounts::failed).sum();
    }

    /** A job if it has failed. */
    public Optional<FailedJob> find(String jobId) {
        return store.intake()
                .find(jobId)
                .filter(job -> job.state() == JobState.FAILED)
                .map(this::shown);
    }

    /**
     * A page of failed jobs, queue by queue in the order of their names, within a queue in that of their pushes or failures. It has {@code limit}
     * jobs unless it is the last.
     *
     * @param from {@link FailedPage#next} of the page before
     */
    public FailedPage list(FailedFilter filter, Optional<String> from, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A page has at least one job, not " + limit);
        }
        String[] begin = from.orElse(BETWEEN).split(BETWEEN, 2);
        List<String> queues = queues(filter).stream()
                .map(QueueCounts::queue)
                .filter(queue -> Key.segment(queue).compareTo(begin[0]) >= 0)
                .toList();
        List<FailedJob> jobs = new ArrayList<>();
        for (int i = 0; i < queues.size(); i++) {
            String queue = queues.get(i);
            Optional<String> cursor = Optional.of(begin[1])
                    .filter(at -> !at.isEmpty() && Key.segment(queue).equals(begin[0]));
            do {
                JobPage page = store.intake().list(queue, JobState.FAILED, cursor, limit - jobs.size());
                page.jobs().stream().map(this::shown).filter(filter::fits).forEach(jobs::add);
                cursor = page.next();
                if (jobs.size() == limit) {
                    return new FailedPage(jobs, next(queues, i, cursor));
                }
            } while (cursor.isPresent());
        }
        return new FailedPage(jobs, Optional.empty());
    }

    /** Makes jobs ready again; answers in the order of the ids. See {@link JobStore.Intake#retry}. */
    public List<RetryOutcome> retry(List<String> jobIds) {
        List<RetryOutcome> outcomes = new ArrayList<>();
        inChunks(jobIds, some -> outcomes.addAll(store.intake().retry(some)));
        return outcomes;
    }

    /** Makes all that fit ready again, each at most once, also if it fails again meanwhile. */
    public RetryReport retry(FailedFilter filter) {
        RetryReport[] report = {RetryReport.NOTHING};
        each(filter, ids -> report[0] = report[0].with(store.intake().retry(ids)));
        return report[0];
    }

    /** Removes failed jobs for good; answers which of these were failed. */
    public Set<String> forget(Collection<String> jobIds) {
        Set<String> forgotten = new LinkedHashSet<>();
        inChunks(List.copyOf(jobIds), some -> forgotten.addAll(store.intake().forget(some)));
        return forgotten;
    }

    /** Removes all that fit for good; answers how many. */
    public long forget(FailedFilter filter) {
        long[] forgotten = new long[1];
        each(filter, ids -> forgotten[0] += store.intake().forget(ids).size());
        return forgotten[0];
    }

    /** Removes all failed jobs for good; answers how many. */
    public long flush() {
        return forget(FailedFilter.ALL);
    }

    /** Removes what failed longer ago than {@code age}, judged by this process's clock; answers how many. */
    public long flush(Duration age) {
        return forget(FailedFilter.ALL.failedBefore(clock.instant().minus(age)));
    }

    /** Removes what failed more than 24 hours ago; answers how many. */
    public long prune() {
        return flush(PRUNED_AFTER);
    }

    private FailedJob shown(StoredJob job) {
        return FailedJob.of(connection, job);
    }

    private List<QueueCounts> queues(FailedFilter filter) {
        return store.intake().counts().stream()
                .filter(counts -> counts.failed() > 0)
                .filter(counts -> filter.queue().map(counts.queue()::equals).orElse(true))
                .sorted(Comparator.comparing(counts -> Key.segment(counts.queue())))
                .toList();
    }

    /** Hands over the ids of all that fit, in pages; not more jobs of a queue than were there at first, so that it ends. */
    private void each(FailedFilter filter, Consumer<List<String>> action) {
        for (QueueCounts counts : queues(filter)) {
            long left = counts.failed();
            Optional<String> from = Optional.empty();
            do {
                JobPage page = store.intake().list(counts.queue(), JobState.FAILED, from, (int) Math.min(PAGE, left));
                List<String> ids = page.jobs().stream()
                        .map(this::shown)
                        .filter(filter::fits)
                        .map(FailedJob::id)
                        .toList();
                if (!ids.isEmpty()) {
                    action.accept(ids);
                }
                left -= page.jobs().size();
                from = page.next();
            } while (from.isPresent() && left > 0);
        }
    }

    private static void inChunks(List<String> ids, Consumer<List<String>> action) {
        for (int from = 0; from < ids.size(); from += JobStore.Intake.MOST_IDS) {
            action.accept(ids.subList(from, Math.min(ids.size(), from + JobStore.Intake.MOST_IDS)));
        }
    }

    private static Optional<String> next(List<String> queues, int at, Optional<String> cursor) {
        if (cursor.isPresent()) {
            return Optional.of(Key.segment(queues.get(at)) + BETWEEN + cursor.get());
        }
        return at + 1 < queues.size() ? Optional.of(Key.segment(queues.get(at + 1)) + BETWEEN) : Optional.empty();
    }
}
