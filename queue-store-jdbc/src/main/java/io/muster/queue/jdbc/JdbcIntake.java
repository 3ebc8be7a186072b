package io.muster.queue.jdbc;

import io.muster.queue.store.JobObstacles;
import io.muster.queue.store.JobPage;
import io.muster.queue.store.JobState;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.QueueCounts;
import io.muster.queue.store.RetryOutcome;
import io.muster.queue.store.StoreCapabilities;
import io.muster.queue.store.StoredJob;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class JdbcIntake implements JobStore.Intake {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcIntake.class);

    private final Database database;
    private final Lanes lanes;
    private final Wakes wakes;
    private final StoreCapabilities limits;
    private final PlainPush plain;

    JdbcIntake(Database database, Lanes lanes, Wakes wakes, StoreCapabilities limits) {
        this.database = database;
        this.lanes = lanes;
        this.wakes = wakes;
        this.limits = limits;
        this.plain = new PlainPush(database, lanes);
    }

    @Override
    public List<PushOutcome> push(List<NewJob> jobs) {
        prepare(jobs);
        if (jobs.isEmpty()) {
            return List.of();
        }
        Optional<List<PushOutcome>> plainly = plain.push(jobs);
        List<PushOutcome> outcomes = plainly.orElseGet(() ->
                database.push("push jobs", session -> new Pushing(session, lanes, new Batches(session)).push(jobs)));
        boolean some = outcomes.stream().anyMatch(PushOutcome.Pushed.class::isInstance);
        if (some && plainly.isPresent()) {
            wakes.pushed(jobs.stream().map(NewJob::queue).collect(Collectors.toUnmodifiableSet()));
        } else {
            wakes.ready(some);
        }
        return outcomes;
    }

    /** Refuses what is too large, and makes the lanes that the jobs need. */
    void prepare(List<NewJob> jobs) {
        limits.checkPush(jobs);
        LaneNames names = new LaneNames();
        lanes.make(jobs.stream().map(names::of).distinct().toList());
    }

    /** How many of these, from the front, one statement takes. */
    int fitting(List<NewJob> jobs) {
        return limits.fitting(jobs);
    }

    void checkPayloads(List<NewJob> jobs) {
        limits.checkPayloads(jobs);
    }

    @Override
    public Optional<StoredJob> find(String jobId) {
        return database.transaction("find a job", session -> new Search(session, lanes).find(jobId));
    }

    @Override
    public JobObstacles obstacles(String jobId) {
        return database.transaction("explain a job", session -> new Search(session, lanes).obstacles(jobId));
    }

    @Override
    public List<QueueCounts> counts() {
        return database.transaction("count jobs", session -> new Search(session, lanes).counts());
    }

    @Override
    public JobPage list(String queue, JobState state, Optional<String> from, int limit) {
        long after = from.map(Long::parseLong).orElse(Long.MIN_VALUE);
        return database.transaction(
                "list jobs", session -> new Search(session, lanes).list(queue, state, after, limit));
    }

    @Override
    public void pause(String queue, String by) {
        boolean changed = database.transaction("pause a queue", session -> session.dialect
                .insertAbsent(
                        session,
                        "{paused}",
                        List.of(Column.text("name"), Column.text("paused_by")),
                        List.<@Nullable Object[]>of(RowUpdate.values(Names.encoded(queue), by)))[0]);
        if (changed) {
            LOG.info("Paused queue={} by={}", queue, by);
        }
    }

    @Override
    public void resume(String queue) {
        boolean changed = database.transaction(
                "resume a queue",
                session -> session.update("DELETE FROM {paused} WHERE name = ?", Names.encoded(queue)) > 0);
        if (changed) {
            LOG.info("Resumed queue={}", queue);
            wakes.ready(true);
        }
    }

    @Override
    public int clear(String queue, int limit) {
        int cleared = lanes.making(() ->
                database.transaction("clear a queue", session -> new Clearing(session, lanes).clear(queue, limit)));
        wakes.ready(cleared > 0);
        return cleared;
    }

    @Override
    public List<RetryOutcome> retry(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        List<RetryOutcome> outcomes =
                database.transaction("retry failed jobs", session -> new FailedJobs(session, lanes).retry(jobIds));
        wakes.ready(outcomes.stream().anyMatch(RetryOutcome.Retried.class::isInstance));
        return outcomes;
    }

    @Override
    public Set<String> forget(List<String> jobIds) {
        JobStore.Intake.checkIds(jobIds);
        return database.transaction("forget failed jobs", session -> new FailedJobs(session, lanes).forget(jobIds));
    }
}
