package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.StoredJob;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Looks for jobs and counts them, for people: reads directories, and costs accordingly. Nothing here is on a job's path. */
final class Search {
    private static final int LOOKS = 5;

    private final Coordinator coordinator;
    private final Incarnations incarnations;

    Search(Coordinator coordinator) {
        this.coordinator = coordinator;
        this.incarnations = new Incarnations(coordinator);
    }

    /** A job may move while it is looked for; then it is looked for again. */
    Optional<StoredJob> find(String jobId) {
        for (int look = 0; look < LOOKS; look++) {
            Optional<Entry> id = coordinator.read(StoreKeys.id(jobId));
            if (id.isEmpty()) {
                return Optional.empty();
            }
            Optional<StoredJob> found = findIn(IdRecord.read(id.get().value()));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Of a job that is ready. */
    JobObstacles obstacles(String jobId, Instant now) {
        return coordinator
                .read(StoreKeys.id(jobId))
                .map(entry -> IdRecord.read(entry.value()))
                .map(id -> new JobObstacles(pausedBy(id.queue()), heldKey(id, now)))
                .orElse(JobObstacles.NONE);
    }

    private Optional<String> pausedBy(String queue) {
        return coordinator
                .read(StoreKeys.pauseMark(queue))
                .map(entry -> new String(entry.value(), StandardCharsets.UTF_8));
    }

    private Optional<JobObstacles.HeldKey> heldKey(IdRecord id, Instant now) {
        return named(StoreKeys.ready(id.queue()), id.jobId(), StoreKeys::jobIdOf)
                .flatMap(Search::document)
                .flatMap(job -> job.job().overlap())
                .flatMap(key -> coordinator
                        .read(StoreKeys.overlap(key.key()))
                        .map(KeyRecord::of)
                        .filter(hold -> !hold.isOver(now))
                        .map(hold -> new JobObstacles.HeldKey(key.key(), hold.jobId())));
    }

    private Optional<StoredJob> findIn(IdRecord id) {
        List<String> places =
                List.of(StoreKeys.ready(id.queue()), StoreKeys.delayed(id.queue()), StoreKeys.failed(id.queue()));
        for (String directory : places) {
            Optional<StoredJob> found =
                    named(directory, id.jobId(), StoreKeys::jobIdOf).flatMap(Search::stored);
            if (found.isPresent()) {
                return found;
            }
        }
        for (Incarnations.Life life : incarnations.all()) {
            String directory = StoreKeys.held(life.incarnation());
            Optional<StoredJob> held = named(directory, id.jobId(), key -> StoreKeys.heldName(key)
                            .jobId())
                    .flatMap(Search::stored);
            if (held.isPresent()) {
                return held;
            }
        }
        return named(StoreKeys.ENDED, id.jobId(), StoreKeys::jobIdOf)
                .map(entry -> IdRecord.read(entry.value()).stored());
    }

    private Optional<Entry> named(String directory, String jobId, Function<Key, String> idOf) {
        return coordinator.names(directory).stream()
                .map(Entry::key)
                .filter(key -> idOf.apply(key).equals(jobId))
                .findFirst()
                .flatMap(coordinator::read);
    }

    List<QueueCounts> counts() {
        Board board = Board.read(coordinator);
        Map<String, Long> completed = new HashMap<>();
        for (Entry tally : coordinator.all(StoreKeys.TALLIES)) {
            Tally.completed(tally).forEach((queue, count) -> completed.merge(queue, count, Long::sum));
        }
        Map<String, Long> assigned = new HashMap<>();
        Map<String, Long> running = new HashMap<>();
        for (Incarnations.Life life : incarnations.all()) {
            for (Entry entry : coordinator.all(StoreKeys.held(life.incarnation()))) {
                stored(entry).ifPresent(job -> (job.state() == JobState.RUNNING ? running : assigned)
                        .merge(job.queue(), 1L, Long::sum));
            }
        }
        List<QueueCounts> counts = new ArrayList<>();
        Set<String> queues = new TreeSet<>(board.queues());
        queues.addAll(board.paused());
        for (String queue : queues) {
            counts.add(new QueueCounts(
                    queue,
                    coordinator.names(StoreKeys.delayed(queue)).size(),
                    coordinator.names(StoreKeys.ready(queue)).size(),
                    assigned.getOrDefault(queue, 0L),
                    running.getOrDefault(queue, 0L),
                    completed.getOrDefault(queue, 0L),
                    coordinator.names(StoreKeys.failed(queue)).size(),
                    board.isPaused(queue)));
        }
        return counts;
    }

    JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        List<Placed> page = placed(queue, state).stream()
                .filter(placed ->
                        from.map(after -> placed.place().compareTo(after) > 0).orElse(true))
                .sorted(Comparator.comparing(Placed::place))
                .limit(limit + 1L)
                .toList();
        boolean more = page.size() > limit;
        List<Placed> shown = more ? page.subList(0, limit) : page;
        return new JobPage(
                shown.stream().map(Placed::job).toList(),
                more ? Optional.of(shown.get(limit - 1).place()) : Optional.empty());
    }

    private record Placed(String place, StoredJob job) {}

    private List<Placed> placed(String queue, JobState state) {
        List<Placed> all = new ArrayList<>();
        for (Entry entry : entries(queue, state)) {
            if (state == JobState.COMPLETED || state == JobState.DISCARDED) {
                IdRecord record = IdRecord.read(entry.value());
                if (record.queue().equals(queue) && record.ended().equals(Optional.of(state))) {
                    all.add(new Placed(record.pushed() + "-" + record.jobId(), record.stored()));
                }
            } else {
                document(entry)
                        .filter(job -> job.job().queue().equals(queue) && job.state() == state)
                        .ifPresent(job ->
                                all.add(new Placed(job.pushed() + "-" + job.id(), job.stored(settledAt(entry, job)))));
            }
        }
        return all;
    }

    private List<Entry> entries(String queue, JobState state) {
        return switch (state) {
            case DELAYED -> coordinator.all(StoreKeys.delayed(queue));
            case READY -> coordinator.all(StoreKeys.ready(queue));
            case FAILED -> coordinator.all(StoreKeys.failed(queue));
            case COMPLETED, DISCARDED -> coordinator.all(StoreKeys.ENDED);
            case ASSIGNED, RUNNING ->
                incarnations.all().stream()
                        .flatMap(life -> coordinator.all(StoreKeys.held(life.incarnation())).stream())
                        .toList();
        };
    }

    private static Optional<JobDocument> document(Entry entry) {
        try {
            return Optional.of(Documents.read(entry.value()));
        } catch (Documents.UnreadableException e) {
            return Optional.empty();
        }
    }

    private static Optional<StoredJob> stored(Entry entry) {
        return document(entry).map(job -> job.stored(settledAt(entry, job)));
    }

    private static Optional<Instant> settledAt(Entry entry, JobDocument job) {
        return job.state() == JobState.FAILED ? Optional.of(StoreKeys.momentOf(entry.key())) : Optional.empty();
    }
}
