package io.muster.queue.jdbc;

import io.muster.queue.store.BatchMembership;
import io.muster.queue.store.Counters;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.OverlapKey;
import io.muster.queue.store.PushOutcome;
import io.muster.queue.store.PushOutcome.NotInBatch;
import io.muster.queue.store.UniqueKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes jobs in one transaction. Their lanes are made already. */
final class Pushing {
    private static final List<Column> COLUMNS = List.of(
            Column.text("id"),
            Column.bigint("lane"),
            Column.bigint("state"),
            Column.bigint("seq"),
            Column.bigint("place"),
            Column.bigint("ready_lane"),
            Column.bigint("pushed_at"),
            Column.bigint("changed_at"),
            Column.bigint("due_at"),
            Column.bigint("max_crashes"),
            Column.text("unique_key"),
            Column.bigint("unique_until"),
            Column.text("overlap_key"),
            Column.bigint("overlap_micros"),
            Column.text("batch"),
            Column.bigint("links"),
            Column.bigint("tells_failure"),
            Column.bytes("payload"));

    private final Session session;
    private final Lanes lanes;
    private final Batches batches;
    private final Stamp stamp;

    Pushing(Session session, Lanes lanes, Batches batches) throws SQLException {
        this.session = session;
        this.lanes = lanes;
        this.batches = batches;
        this.stamp = session.dialect.stamp(session);
    }

    static String laneName(NewJob job) {
        return Lane.name(job.queue(), job.type(), job.priority());
    }

    /** Pushes jobs and counts them in their batches. */
    List<PushOutcome> push(List<NewJob> jobs) throws SQLException {
        List<PushOutcome> outcomes = push(jobs, Set.of());
        batches.write();
        return outcomes;
    }

    /**
     * Jobs that depend on an earlier one of the push, by id or key, are judged once that one is.
     *
     * @param announced ids of jobs that are neither judged nor counted by the batch they name
     */
    List<PushOutcome> push(List<NewJob> jobs, Set<String> announced) throws SQLException {
        @Nullable PushOutcome[] outcomes = new PushOutcome[jobs.size()];
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            rest.add(i);
        }
        while (!rest.isEmpty()) {
            Set<String> claimed = new HashSet<>();
            List<Integer> wave = new ArrayList<>();
            List<Integer> later = new ArrayList<>();
            for (int i : rest) {
                NewJob job = jobs.get(i);
                boolean first = claimed.add("id " + job.id());
                boolean firstOfKey =
                        job.unique().map(key -> claimed.add("key " + key.key())).orElse(true);
                (first && firstOfKey ? wave : later).add(i);
            }
            pushWave(jobs, wave, announced, outcomes);
            rest = later;
        }
        return Arrays.stream(outcomes)
                .map(outcome -> Optional.ofNullable(outcome).orElseThrow())
                .toList();
    }

    private void pushWave(
            List<NewJob> jobs, List<Integer> wave, Set<String> announced, @Nullable PushOutcome[] outcomes)
            throws SQLException {
        List<@Nullable Object[]> rows =
                wave.stream().map(i -> values(jobs.get(i), i)).toList();
        boolean[] inserted = session.dialect.insertAbsent(session, "{jobs}", COLUMNS, rows);
        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < inserted.length; i++) {
            NewJob job = jobs.get(wave.get(i));
            outcomes[wave.get(i)] = inserted[i] ? new PushOutcome.Pushed(job.id()) : new PushOutcome.SameId(job.id());
            if (inserted[i] && job.batch().isPresent() && !announced.contains(job.id())) {
                members.add(wave.get(i));
            }
        }
        admit(jobs, members, outcomes);
        holdKeys(jobs, wave, outcomes);
        for (int i : members) {
            if (outcomes[i] instanceof PushOutcome.Pushed) {
                batches.added(jobs.get(i).batch().orElseThrow());
            }
        }
    }

    /** Takes those back that their batches do not take. */
    private void admit(List<NewJob> jobs, List<Integer> members, @Nullable PushOutcome[] outcomes) throws SQLException {
        Set<String> ids = new HashSet<>();
        members.forEach(i -> ids.add(jobs.get(i).batch().orElseThrow().batchId()));
        batches.lock(ids);
        List<String> refused = new ArrayList<>();
        for (int i : members) {
            NewJob job = jobs.get(i);
            Optional<NotInBatch.Why> why = batches.refuses(job);
            if (why.isPresent()) {
                refused.add(job.id());
                outcomes[i] = new NotInBatch(job.id(), job.batch().orElseThrow().batchId(), why.get());
            }
        }
        if (!refused.isEmpty()) {
            session.update("DELETE FROM {jobs} WHERE id {any}", refused);
        }
    }

    /** Takes those back whose unique key is another's. */
    private void holdKeys(List<NewJob> jobs, List<Integer> wave, @Nullable PushOutcome[] outcomes) throws SQLException {
        List<UniqueKeys.Wanted> keyed = new ArrayList<>();
        for (int i : wave) {
            NewJob job = jobs.get(i);
            if (outcomes[i] instanceof PushOutcome.Pushed) {
                job.unique().ifPresent(key -> keyed.add(UniqueKeys.Wanted.of(job, key, stamp.now())));
            }
        }
        if (!keyed.isEmpty()) {
            Map<String, String> refused = new UniqueKeys(session).hold(keyed, stamp.now());
            session.update("DELETE FROM {jobs} WHERE id {any}", refused.keySet());
            for (int i : wave) {
                String holder = refused.get(jobs.get(i).id());
                if (holder != null && outcomes[i] instanceof PushOutcome.Pushed) {
                    outcomes[i] = new PushOutcome.DuplicateOf(jobs.get(i).id(), holder);
                }
            }
        }
    }

    private @Nullable Object[] values(NewJob job, int index) {
        Lane lane = lanes.named(laneName(job));
        long due = job.dueAt().map(Moments::micros).orElse(Long.MIN_VALUE);
        boolean ready = due <= stamp.now();
        return RowUpdate.values(
                job.id(),
                lane.id(),
                (long) (ready ? JobRow.READY : JobRow.DELAYED),
                stamp.number(index),
                stamp.number(index),
                ready ? lane.ready(Counters.NONE) : null,
                stamp.now(),
                stamp.now(),
                job.dueAt().isPresent() ? due : null,
                (long) job.maxCrashes(),
                job.unique().map(UniqueKey::key).map(Names::key).orElse(null),
                (long) job.unique().map(JobRow::until).orElse(JobRow.UNTIL_SETTLED),
                job.overlap().map(OverlapKey::key).map(Names::key).orElse(null),
                job.overlap()
                        .flatMap(OverlapKey::expireAfter)
                        .map(Moments::micros)
                        .orElse(null),
                job.batch().map(BatchMembership::batchId).orElse(null),
                job.batch().map(member -> (long) member.links()).orElse(null),
                job.tellsFailure() ? 1L : null,
                job.payload());
    }
}
