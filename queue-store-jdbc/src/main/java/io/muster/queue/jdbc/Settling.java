package io.muster.queue.jdbc;

import io.muster.queue.store.AttemptToken;
import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.SettleResult;
import io.muster.queue.store.Settlement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ends attempts whose token is the current one. */
final class Settling {
    private static final String ENDED = "holder = NULL, token = NULL, nonce = NULL";
    private static final List<Column> BY_TOKEN = List.of(Column.text("id"), Column.bigint("token"));
    private static final RowUpdate RELEASE = new RowUpdate(
            "{jobs}",
            ENDED,
            BY_TOKEN,
            JobColumns.with(
                    JobRow.TRIES,
                    Column.bigint("state"),
                    Column.bigint("ready_lane"),
                    Column.bigint("place"),
                    Column.bigint("due_at"),
                    Column.bigint("changed_at")));
    private static final RowUpdate RETURN = new RowUpdate(
            "{jobs}",
            ENDED + ", state = 1",
            BY_TOKEN,
            List.of(Column.bigint("ready_lane"), Column.bigint("changed_at")));
    private static final RowUpdate FAIL = new RowUpdate(
            "{jobs}",
            ENDED + ", state = 4",
            BY_TOKEN,
            JobColumns.with(JobRow.TRIES, Column.text("reason"), Column.text("detail"), Column.bigint("changed_at")));

    private final Session session;
    private final Lanes lanes;
    private final String pool;
    private final Numbers numbers;
    private final RowUpdate complete;
    private final RowUpdate discard;
    private final Set<String> settled = new HashSet<>();
    private boolean someReady;

    /** {@code pool} is the name of the one that settles. */
    Settling(Session session, Lanes lanes, String pool) throws SQLException {
        this.session = session;
        this.lanes = lanes;
        this.pool = pool;
        this.numbers = new Numbers(session);
        String noPayload = ENDED + ", starts = starts + 1, payload = " + session.dialect.noBytes();
        this.complete =
                new RowUpdate("{jobs}", noPayload + ", state = 3", BY_TOKEN, List.of(Column.bigint("changed_at")));
        this.discard = new RowUpdate(
                "{jobs}",
                noPayload + ", state = 5",
                BY_TOKEN,
                List.of(Column.text("reason"), Column.bigint("changed_at")));
    }

    /** A settlement whose token is the one the job's row has. */
    private record Accepted(int index, Settlement settlement, JobRow job) {}

    /** {@code pools} are the ids of the incarnation's. */
    List<SettleResult> settle(String incarnation, Set<Long> pools, List<Settlement> settlements) throws SQLException {
        SettleResult[] results = new SettleResult[settlements.size()];
        Arrays.fill(results, SettleResult.STALE);
        Map<String, JobRow> jobs = read(settlements);
        Map<Class<?>, List<Accepted>> byOutcome = new LinkedHashMap<>();
        Set<String> judged = new HashSet<>();
        for (int i = 0; i < settlements.size(); i++) {
            AttemptToken token = settlements.get(i).token();
            JobRow job = jobs.get(token.jobId());
            if (job != null && isCurrent(token, job, incarnation, pools) && judged.add(job.id())) {
                Settlement settlement = effective(settlements.get(i), job);
                byOutcome
                        .computeIfAbsent(settlement.outcome().getClass(), outcome -> new ArrayList<>())
                        .add(new Accepted(i, settlement, job));
            }
        }
        List<Accepted> done = new ArrayList<>();
        for (List<Accepted> group : byOutcome.values()) {
            done.addAll(write(group));
        }
        for (Accepted one : done) {
            results[one.index()] = SettleResult.ACCEPTED;
            settled.add(one.job().id());
        }
        afterwards(done);
        return List.of(results);
    }

    /** Ids of jobs whose settlement was accepted. */
    Set<String> settled() {
        return settled;
    }

    /** Whether jobs may be assignable that were not. */
    boolean someReady() {
        return someReady;
    }

    private Map<String, JobRow> read(List<Settlement> settlements) throws SQLException {
        Map<String, JobRow> jobs = new HashMap<>();
        Set<String> ids = new HashSet<>();
        settlements.forEach(settlement -> ids.add(settlement.token().jobId()));
        session.query(
                "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE j.id {any}",
                row -> {
                    JobRow job = JobRow.read(row);
                    return jobs.put(job.id(), job);
                },
                ids);
        return jobs;
    }

    static boolean isCurrent(AttemptToken token, JobRow job, String incarnation, Set<Long> pools) {
        return (job.state() == JobRow.HELD || job.state() == JobRow.COMPLETED)
                && job.token() != null
                && job.token() == token.number()
                && job.nonceText().equals(token.nonce())
                && token.incarnation().equals(incarnation)
                && pools.contains(job.holder());
    }

    /** What was completed in the handler's own transaction is completed, however the handler ended afterwards, and its chain goes on. */
    private Settlement effective(Settlement settlement, JobRow job) throws SQLException {
        if (job.state() != JobRow.COMPLETED) {
            return settlement;
        }
        boolean endedWell = settlement.outcome() instanceof Settlement.Completed
                || settlement.outcome() instanceof Settlement.Discarded;
        List<OutboxEntry> following = endedWell
                ? settlement.outbox()
                : Unsaid.following(session, List.of(job.id()), numbers.now()).getOrDefault(job.id(), List.of());
        return new Settlement(settlement.token(), new Settlement.Completed(), following);
    }

    private List<Accepted> write(List<Accepted> group) throws SQLException {
        Settlement.Outcome first = group.get(0).settlement().outcome();
        if (first instanceof Settlement.Completed) {
            return write(complete, group, one -> new Object[] {numbers.now()});
        } else if (first instanceof Settlement.Discarded) {
            return write(discard, group, one -> new Object[] {
                JobColumns.text(((Settlement.Discarded) one.settlement().outcome()).reason()), numbers.now()
            });
        } else if (first instanceof Settlement.Returned) {
            session.jobsCameBack();
            return write(RETURN, group, one -> new Object[] {
                lanes.of(session, one.job().lane()).ready(one.job().counters()), numbers.now()
            });
        } else if (first instanceof Settlement.Failed) {
            return write(
                    FAIL,
                    group,
                    one -> failed(
                            one.job(), (Settlement.Failed) one.settlement().outcome()));
        }
        return write(
                RELEASE,
                group,
                one -> released(
                        one.job(), (Settlement.Released) one.settlement().outcome()));
    }

    /** Values to set in one row. */
    @FunctionalInterface
    private interface Values {
        @Nullable
        Object[] of(Accepted one) throws SQLException;
    }

    private List<Accepted> write(RowUpdate update, List<Accepted> group, Values values) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>(group.size());
        for (Accepted one : group) {
            rows.add(JobColumns.row(values.of(one), one.job().id(), one.job().token()));
        }
        boolean[] changed = session.dialect.update(session, update, rows);
        List<Accepted> done = new ArrayList<>();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i]) {
                done.add(group.get(i));
            }
        }
        return done;
    }

    private @Nullable Object[] failed(JobRow job, Settlement.Failed failed) {
        return JobColumns.row(
                JobColumns.tries(job.counters().started().failed(failed.why())),
                JobColumns.text(failed.reason()),
                JobColumns.text(failed.detail()),
                numbers.now());
    }

    private @Nullable Object[] released(JobRow job, Settlement.Released released) throws SQLException {
        Counters counters = job.counters().started().released(released.why());
        boolean ready = released.delay().isZero() || released.delay().isNegative();
        return JobColumns.row(
                JobColumns.tries(counters),
                (long) (ready ? JobRow.READY : JobRow.DELAYED),
                ready ? lanes.of(session, job.lane()).ready(counters) : null,
                numbers.next(),
                ready ? null : Moments.after(numbers.now(), released.delay()),
                numbers.now());
    }

    private void afterwards(List<Accepted> done) throws SQLException {
        done.sort(Comparator.comparingInt(Accepted::index));
        List<JobRow> all = done.stream().map(Accepted::job).toList();
        Attempts attempts = new Attempts(session, lanes);
        attempts.ended(all);
        attempts.leavePools(all, true);
        boolean followed = follow(done);
        someReady = done.stream().anyMatch(one -> !endsJob(one) || one.job().overlapKey() != null)
                || followed
                || all.stream().anyMatch(job -> job.counters().isSuspect());
        Map<String, Integer> completed = new HashMap<>();
        for (Accepted one : done) {
            if (endsJob(one) && !(one.settlement().outcome() instanceof Settlement.Failed)) {
                completed.merge(lanes.of(session, one.job().lane()).queue(), 1, Integer::sum);
            }
        }
        new Tallies(session).completed(completed);
    }

    /** Frees keys, pushes what follows and tells the batches; answers whether something followed. */
    private boolean follow(List<Accepted> done) throws SQLException {
        List<OutboxEntry> entries =
                done.stream().flatMap(one -> one.settlement().outbox().stream()).toList();
        Batches batches = new Batches(session);
        Set<String> touched = new HashSet<>();
        done.forEach(one -> Optional.ofNullable(one.job().batch()).ifPresent(touched::add));
        entries.forEach(entry -> entry.job().batch().ifPresent(member -> touched.add(member.batchId())));
        if (!touched.isEmpty()) {
            // Where jobs of one pool are settled by another: pools come before batches.
            new Pools(session).lock(pool);
            batches.lock(touched);
        }
        new UniqueKeys(session)
                .free(done.stream().filter(Settling::endsJob).map(Accepted::job).toList());
        FollowUps followUps = new FollowUps(session, lanes, batches);
        Set<String> pushed = followUps.push(entries, announced(done));
        Map<String, BatchEnds> ends = new HashMap<>();
        for (Accepted one : done) {
            if (one.job().batch() != null) {
                ends.merge(one.job().batch(), end(one, pushed), BatchEnds::and);
            }
        }
        batches.ended(ends, numbers.now());
        List<OutboxEntry> callbacks = batches.write();
        followUps.push(callbacks, Set.of());
        return !entries.isEmpty() || !callbacks.isEmpty();
    }

    private static BatchEnds end(Accepted one, Set<String> pushed) {
        int following = 0;
        for (OutboxEntry entry : one.settlement().outbox()) {
            if (isOfSameBatch(one, entry) && pushed.remove(entry.job().id())) {
                following += entry.job().batch().map(BatchMembership::links).orElse(0);
            }
        }
        return BatchEnds.of(one.job().id(), one.job().links(), one.settlement().outcome(), following);
    }

    /** Jobs that follow in the batch of what was settled: their batch has counted them. */
    private static Set<String> announced(List<Accepted> done) {
        Set<String> announced = new HashSet<>();
        for (Accepted one : done) {
            for (OutboxEntry entry : one.settlement().outbox()) {
                if (isOfSameBatch(one, entry)) {
                    announced.add(entry.job().id());
                }
            }
        }
        return announced;
    }

    private static boolean isOfSameBatch(Accepted one, OutboxEntry entry) {
        return entry.connection().isEmpty()
                && entry.job()
                        .batch()
                        .filter(member -> member.batchId().equals(one.job().batch()))
                        .isPresent();
    }

    private static boolean endsJob(Accepted one) {
        Settlement.Outcome outcome = one.settlement().outcome();
        return outcome instanceof Settlement.Completed
                || outcome instanceof Settlement.Failed
                || outcome instanceof Settlement.Discarded;
    }
}
