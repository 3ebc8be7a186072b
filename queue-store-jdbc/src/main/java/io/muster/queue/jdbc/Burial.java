package io.muster.queue.jdbc;

import io.muster.queue.store.BatchEnds;
import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.BuryReport;
import io.muster.queue.store.Counters;
import io.muster.queue.store.OutboxEntry;
import io.muster.queue.store.Settlement;
import io.muster.queue.store.StoredJob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes back what an incarnation holds, whose row this transaction has alone. */
final class Burial {
    private static final Logger LOG = LoggerFactory.getLogger(Burial.class);
    private static final String ENDED = "holder = NULL, token = NULL, nonce = NULL";
    private static final List<Column> BY_TOKEN = List.of(Column.text("id"), Column.bigint("token"));
    private static final RowUpdate BACK = new RowUpdate(
            "{jobs}",
            ENDED + ", state = 1",
            BY_TOKEN,
            JobColumns.with(JobRow.COUNTERS, Column.bigint("ready_lane"), Column.bigint("changed_at")));
    private static final RowUpdate FAIL = new RowUpdate(
            "{jobs}",
            ENDED + ", state = 4",
            BY_TOKEN,
            JobColumns.with(
                    JobRow.COUNTERS, Column.text("reason"), Column.text("detail"), Column.bigint("changed_at")));

    private final Session session;
    private final Lanes lanes;
    private final Pools pools;
    private final long now;
    private final List<JobRow> finished = new ArrayList<>();
    private final Map<String, List<OutboxEntry>> following = new HashMap<>();
    private final List<JobRow> poisoned = new ArrayList<>();

    Burial(Session session, Lanes lanes) throws SQLException {
        this.session = session;
        this.lanes = lanes;
        this.pools = new Pools(session);
        this.now = session.now();
    }

    /** A job on its way back, with the counters it gets. */
    private record Back(JobRow job, Counters counters) {}

    BuryReport takeBack(Incarnations.Life life, int limit) throws SQLException {
        int untaken = 0;
        int crashed = 0;
        int failed = 0;
        for (Pool pool : pools.of(life.incarnation())) {
            untaken += takeBackUntaken(pool, limit - untaken);
        }
        for (Pool pool : pools.of(life.incarnation())) {
            List<JobRow> running = jobs(pool, "<= ?", limit - untaken - crashed - failed, "");
            List<JobRow> completed = running.stream()
                    .filter(job -> job.state() == JobRow.COMPLETED)
                    .toList();
            finish(completed);
            List<JobRow> lost =
                    running.stream().filter(job -> job.state() == JobRow.HELD).toList();
            int some = reclaim(lost, life);
            failed += some;
            crashed += lost.size() - some;
        }
        conclude();
        boolean nothingLeft = untaken + crashed + failed + finished.size() == 0;
        boolean done = pools.of(life.incarnation()).stream().allMatch(pool -> pool.held() == 0);
        if (nothingLeft && !done) {
            LOG.warn(
                    "Figures of a lost node's pools name jobs that it does not hold; they are set right incarnation={}",
                    life.incarnation());
            pools.holdNothing(life.incarnation());
        }
        return new BuryReport(untaken, crashed, failed, done || nothingLeft);
    }

    /** As the method below, of a pool that lives. */
    static int takeBackUntaken(Session session, Lanes lanes, String incarnation, String pool, int limit)
            throws SQLException {
        new Incarnations(session).share(List.of(incarnation));
        Optional<Pool> locked = new Pools(session).lock(Pool.name(incarnation, pool));
        return locked.isEmpty() ? 0 : new Burial(session, lanes).takeBackUntaken(locked.get(), limit);
    }

    /** Untaken jobs of a pool are ready again, the newest assignment first; answers how many. */
    int takeBackUntaken(Pool pool, int limit) throws SQLException {
        List<JobRow> jobs = jobs(pool, "> ?", limit, " DESC");
        return write(
                BACK, jobs.stream().map(job -> new Back(job, job.counters())).toList(), false);
    }

    /** Their rows are this transaction's: a crash of theirs may be taken back at the same moment. */
    private List<JobRow> jobs(Pool pool, String where, int limit, String order) throws SQLException {
        return limit <= 0
                ? List.of()
                : session.query(
                        "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE j.holder = ? AND j.token " + where
                                + " ORDER BY j.holder" + order + ", j.token" + order + " LIMIT ? FOR UPDATE",
                        JobRow::read,
                        pool.id(),
                        pool.takenUpTo(),
                        limit);
    }

    /** What was completed in its handler's own transaction stays so; only its node could not say so any more. */
    private void finish(List<JobRow> completed) throws SQLException {
        if (completed.isEmpty()) {
            return;
        }
        following.putAll(
                Unsaid.following(session, completed.stream().map(JobRow::id).toList(), now));
        RowUpdate finish = new RowUpdate(
                "{jobs}",
                ENDED + ", starts = starts + 1, payload = " + session.dialect.noBytes(),
                BY_TOKEN,
                List.of(Column.bigint("changed_at")));
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<Back> jobs = new ArrayList<>();
        for (JobRow job : completed) {
            rows.add(RowUpdate.values(job.id(), job.token(), now));
            jobs.add(new Back(job, job.counters()));
        }
        finished.addAll(ended(finish, rows, jobs, true));
    }

    /** What follows once all pools were gone through: batches are told, keys are free. */
    private void conclude() throws SQLException {
        List<JobRow> over = new ArrayList<>(finished);
        over.addAll(poisoned);
        if (over.isEmpty()) {
            return;
        }
        Batches batches = new Batches(session);
        batches.lockOf(over);
        new UniqueKeys(session).free(over);
        new StoreFailures(session, lanes, batches, now).tell(poisoned, StoredJob.CRASHED);
        FollowUps followUps = new FollowUps(session, lanes, batches);
        Set<String> pushed = follow(followUps);
        Map<String, BatchEnds> ends = new HashMap<>();
        Map<String, Integer> tally = new HashMap<>();
        for (JobRow job : finished) {
            tally.merge(lanes.of(session, job.lane()).queue(), 1, Integer::sum);
            if (job.batch() != null) {
                BatchEnds end = BatchEnds.of(job.id(), job.links(), new Settlement.Completed(), links(job, pushed));
                ends.merge(job.batch(), end, BatchEnds::and);
            }
        }
        batches.ended(ends, now);
        followUps.push(batches.write(), Set.of());
        new Tallies(session).completed(tally);
    }

    /** Their node could not say what follows on finished jobs; answers the ids of those that are new. */
    private Set<String> follow(FollowUps followUps) throws SQLException {
        List<OutboxEntry> entries = new ArrayList<>();
        Set<String> announced = new HashSet<>();
        for (JobRow job : finished) {
            for (OutboxEntry entry : following.getOrDefault(job.id(), List.of())) {
                entries.add(entry);
                announced.add(entry.job().id());
            }
        }
        return followUps.push(entries, announced);
    }

    private int links(JobRow job, Set<String> pushed) {
        return following.getOrDefault(job.id(), List.of()).stream()
                .map(OutboxEntry::job)
                .filter(next -> pushed.contains(next.id()))
                .flatMap(next -> next.batch().stream())
                .mapToInt(BatchMembership::links)
                .sum();
    }

    /** Takes back running jobs; answers how many of them have crashed too often. */
    private int reclaim(List<JobRow> running, Incarnations.Life life) throws SQLException {
        List<Back> back = new ArrayList<>();
        List<Back> poison = new ArrayList<>();
        for (JobRow job : running) {
            Counters counters =
                    life.survived() ? job.counters() : job.counters().started().crashed();
            boolean tooOften = !life.survived() && counters.suspectCrashes() >= job.maxCrashes();
            (tooOften ? poison : back).add(new Back(job, counters));
        }
        write(BACK, back, true);
        if (!life.survived()) {
            remember(life.incarnation(), back);
        }
        return fail(poison, life.incarnation());
    }

    private int write(RowUpdate update, List<Back> jobs, boolean running) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Back back : jobs) {
            rows.add(JobColumns.row(
                    JobColumns.counters(back.counters()),
                    back.job().id(),
                    back.job().token(),
                    lanes.of(session, back.job().lane()).ready(back.counters()),
                    now));
        }
        session.jobsCameBack();
        return ended(update, rows, jobs, running).size();
    }

    private int fail(List<Back> poison, String incarnation) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Back back : poison) {
            rows.add(JobColumns.row(
                    JobColumns.counters(back.counters()),
                    back.job().id(),
                    back.job().token(),
                    StoredJob.CRASHED,
                    "Lost with incarnation " + incarnation,
                    now));
        }
        List<JobRow> failed = ended(FAIL, rows, poison, true);
        poisoned.addAll(failed);
        return failed.size();
    }

    private List<JobRow> ended(RowUpdate update, List<@Nullable Object[]> rows, List<Back> jobs, boolean running)
            throws SQLException {
        if (rows.isEmpty()) {
            return List.of();
        }
        boolean[] changed = session.dialect.update(session, update, rows);
        List<JobRow> ended = new ArrayList<>();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i]) {
                ended.add(jobs.get(i).job());
            }
        }
        Attempts attempts = new Attempts(session, lanes);
        attempts.ended(ended);
        attempts.leavePools(ended, running);
        return ended;
    }

    private void remember(String incarnation, List<Back> crashed) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Back back : crashed) {
            String name = Names.encoded(incarnation) + "/" + back.job().id();
            rows.add(RowUpdate.values(
                    name, Names.encoded(incarnation), back.job().id()));
        }
        if (!rows.isEmpty()) {
            session.dialect.insertAbsent(
                    session,
                    "{crashes}",
                    List.of(Column.text("name"), Column.text("incarnation"), Column.text("job")),
                    rows);
        }
    }

    /** Buries a leaving incarnation with the last of its jobs. */
    static void buryIfGone(Session session, String incarnation) throws SQLException {
        Optional<Pool> holding = new Pools(session)
                .of(incarnation).stream().filter(pool -> pool.held() > 0).findFirst();
        if (holding.isEmpty()) {
            new Incarnations(session).bury(incarnation);
        }
    }
}
