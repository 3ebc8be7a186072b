package io.muster.queue.jdbc;

import io.muster.queue.jdbc.ReadyHeads.Locking;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord.Status;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fills pools with ready jobs, as grants say. The caller has compared fence or incarnation. */
final class Assigning {
    private static final int MOST_COUNTED = 2500;
    private static final RowUpdate ASSIGN = new RowUpdate(
            "{jobs}",
            "state = 2, ready_lane = NULL",
            List.of(Column.text("id"), Column.bigint("ready_lane")),
            List.of(
                    Column.bigint("holder"),
                    Column.bigint("token"),
                    Column.bigint("nonce"),
                    Column.bigint("changed_at")));
    private static final RowUpdate RENUMBER = new RowUpdate(
            "{jobs}", "", List.of(Column.text("id"), Column.bigint("token")), List.of(Column.bigint("token")));

    private final Session session;
    private final OverlapKeys overlaps;
    private final Lanes lanes;
    private final long nonce;
    private final Numbers numbers;
    private final Set<String> withSuspect = new HashSet<>();

    Assigning(Session session, Lanes lanes, long nonce) throws SQLException {
        this.session = session;
        this.lanes = lanes;
        this.overlaps = new OverlapKeys(session, lanes);
        this.nonce = nonce;
        this.numbers = new Numbers(session);
    }

    /** A job on its way to a pool. */
    private record Chosen(JobRow job, Pool pool, int grant) {}

    /**
     * Assigns. Who does that beside others lets them have what they are about to take ({@code skipLocked}), unless nothing else is
     * there: they may leave it.
     */
    AssignReport fill(List<Grant> grants, boolean skipLocked) throws SQLException {
        Map<String, Pool> pools = receiving(grants);
        Set<String> queues = queues(grants);
        ReadyHeads heads = heads(skipLocked ? Locking.SKIP : Locking.NONE, queues);
        List<Chosen> chosen = choose(grants, pools, queues, heads);
        if (chosen.isEmpty() && heads.skipped()) {
            heads.setAside();
            heads = heads(Locking.WAIT, queues);
            chosen = choose(grants, pools, queues, heads);
        }
        heads.setAside();
        int[] assigned = new int[grants.size()];
        for (Chosen one : assign(chosen)) {
            assigned[one.grant()]++;
        }
        Map<String, Integer> left = new HashMap<>();
        for (Grant grant : grants) {
            for (String queue : grant.queues()) {
                left.put(queue, queues.contains(queue) ? heads.left(queue, MOST_COUNTED) : 0);
            }
        }
        return new AssignReport(Arrays.stream(assigned).boxed().toList(), left);
    }

    private ReadyHeads heads(Locking locking, Set<String> queues) throws SQLException {
        ReadyHeads heads = new ReadyHeads(session, lanes, overlaps, numbers.now(), locking, queues);
        if (heads.hasSuspects()) {
            session.query("SELECT name FROM {suspects}", row -> withSuspect.add(Names.decoded(row.getString(1))));
        }
        return heads;
    }

    /** Pools of grants whose incarnation may get jobs. */
    private Map<String, Pool> receiving(List<Grant> grants) throws SQLException {
        Set<String> incarnations = new HashSet<>();
        grants.forEach(grant -> incarnations.add(grant.incarnation()));
        Map<String, Incarnations.Life> lives = new Incarnations(session).share(incarnations);
        Set<String> names = new LinkedHashSet<>();
        for (Grant grant : grants) {
            Incarnations.Life life = lives.get(grant.incarnation());
            if (life != null && life.status() == Status.ADMITTED) {
                names.add(Pool.name(grant.incarnation(), grant.pool()));
            }
        }
        return names.isEmpty() ? Map.of() : new Pools(session).made(names);
    }

    private Set<String> queues(List<Grant> grants) throws SQLException {
        Set<String> queues = new HashSet<>();
        grants.forEach(grant -> queues.addAll(grant.queues()));
        session.query("SELECT name FROM {paused}", row -> queues.remove(Names.decoded(row.getString(1))));
        return queues;
    }

    private List<Chosen> choose(List<Grant> grants, Map<String, Pool> pools, Set<String> queues, ReadyHeads heads)
            throws SQLException {
        List<Chosen> chosen = new ArrayList<>();
        Map<Long, Integer> added = new HashMap<>();
        for (int i = 0; i < grants.size(); i++) {
            Grant grant = grants.get(i);
            Pool pool = pools.get(Pool.name(grant.incarnation(), grant.pool()));
            if (pool == null) {
                continue;
            }
            int room = grant.limit() - pool.held() - added.getOrDefault(pool.id(), 0);
            while (room > 0) {
                JobRow job = next(grant, queues, heads, room);
                if (job == null) {
                    break;
                }
                if (job.counters().isSuspect()) {
                    withSuspect.add(grant.incarnation());
                }
                chosen.add(new Chosen(job, pool, i));
                added.merge(pool.id(), 1, Integer::sum);
                room--;
            }
        }
        return chosen;
    }

    private @Nullable JobRow next(Grant grant, Set<String> queues, ReadyHeads heads, int room) throws SQLException {
        for (String queue : grant.queues()) {
            JobRow job = queues.contains(queue)
                    ? heads.next(
                            queue, lane -> grant.serves(lane.type()), !withSuspect.contains(grant.incarnation()), room)
                    : null;
            if (job != null) {
                return job;
            }
        }
        return null;
    }

    /** Writes the assignments; answers those that nobody else was quicker with. */
    private List<Chosen> assign(List<Chosen> chosen) throws SQLException {
        List<Chosen> rest = chosen;
        List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            tokens.add(numbers.next());
        }
        Set<String> refused =
                new HashSet<>(overlaps.hold(rest.stream().map(Chosen::job).toList(), tokens, numbers.now()));
        refused.addAll(holdSuspects(rest));
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<Chosen> written = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            Chosen one = rest.get(i);
            if (refused.contains(one.job().id())) {
                letGo(one.job(), tokens.get(i));
            } else {
                rows.add(RowUpdate.values(
                        one.job().id(), one.job().readyLane(), one.pool().id(), tokens.get(i), nonce, numbers.now()));
                written.add(one);
            }
        }
        if (rows.isEmpty()) {
            return List.of();
        }
        boolean[] done = session.dialect.update(session, ASSIGN, rows);
        List<Chosen> assigned = new ArrayList<>();
        TreeMap<Long, int[]> untaken = new TreeMap<>();
        TreeMap<Long, List<@Nullable Object[]>> tokensOf = new TreeMap<>();
        for (int i = 0; i < done.length; i++) {
            Chosen one = written.get(i);
            Object token = rows.get(i)[3];
            if (done[i]) {
                assigned.add(one);
                untaken.computeIfAbsent(one.pool().id(), id -> new int[2])[0]++;
                tokensOf.computeIfAbsent(one.pool().id(), id -> new ArrayList<>())
                        .add(RowUpdate.values(one.job().id(), token));
            } else {
                letGo(one.job(), (Long) token);
            }
        }
        new Pools(session).add(untaken);
        for (Map.Entry<Long, List<@Nullable Object[]>> pool : tokensOf.entrySet()) {
            renumberIfPassed(pool.getKey(), pool.getValue());
        }
        return assigned;
    }

    private Set<String> holdSuspects(List<Chosen> chosen) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Chosen one : chosen) {
            if (one.job().counters().isSuspect()) {
                rows.add(RowUpdate.values(
                        Names.encoded(one.pool().incarnation()), one.job().id()));
                ids.add(one.job().id());
            }
        }
        Set<String> refused = new HashSet<>();
        if (!rows.isEmpty()) {
            boolean[] held = session.dialect.insertAbsent(
                    session, "{suspects}", List.of(Column.text("name"), Column.text("job")), rows);
            for (int i = 0; i < held.length; i++) {
                if (!held[i]) {
                    refused.add(ids.get(i));
                }
            }
        }
        return refused;
    }

    /** Somebody else has changed the job since it was read: what was written for it goes. */
    private void letGo(JobRow job, @Nullable Long token) throws SQLException {
        session.update("DELETE FROM {suspects} WHERE job = ?", job.id());
        if (job.overlapKey() != null && token != null) {
            session.update("DELETE FROM {overlaps} WHERE name = ? AND token = ?", job.overlapKey(), token);
            overlaps.bringBack(job.overlapKey());
        }
    }

    /** Another assignment with higher numbers was committed and taken meanwhile: below them nothing would be seen as untaken. */
    private void renumberIfPassed(long pool, List<@Nullable Object[]> idsAndTokens) throws SQLException {
        Object least = idsAndTokens.get(0)[1];
        if (least instanceof Long token && new Pools(session).takenUpTo(pool) >= token) {
            Numbers higher = new Numbers(session);
            List<@Nullable Object[]> rows = new ArrayList<>();
            for (@Nullable Object[] one : idsAndTokens) {
                long changed = higher.next();
                rows.add(RowUpdate.values(one[0], one[1], changed));
                session.update("UPDATE {overlaps} SET token = ? WHERE token = ?", changed, (Long) one[1]);
            }
            session.dialect.update(session, RENUMBER, rows);
        }
    }
}
