package io.muster.queue.jdbc;

import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Grant;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The usual assignment, by the leader or by a node for itself: ready jobs without overlap keys, none of them suspect. What is to be known comes in
 * one round trip, then one statement per grant and priority assigns from where the last one ended. PostgreSQL's words.
 */
final class QuickAssign {
    private static final String LIVES =
            "SELECT name FROM {incarnations} WHERE name = ANY(?) AND status = 'ADMITTED' ORDER BY name FOR SHARE";
    private static final String POOLS = "SELECT " + Pool.COLUMNS + " FROM {pools} p WHERE p.name = ANY(?)";
    private static final String PROBE =
            """
            SELECT l.ready FROM unnest(?::bigint[], ?::bigint[]) AS l (ready, after) CROSS JOIN LATERAL (
              SELECT 1 FROM {jobs} j WHERE j.ready_lane = l.ready AND j.place > l.after ORDER BY j.ready_lane, j.place LIMIT 1) h""";
    private static final String ASSIGN =
            """
            WITH head AS MATERIALIZED (
              SELECT h.*, row_number() OVER (ORDER BY h.place) AS n FROM (
                SELECT j.at, l.ready, j.place, j.keyed FROM unnest(?::bigint[], ?::bigint[]) AS l (ready, after) CROSS JOIN LATERAL (
                  SELECT j.ctid AS at, j.place, j.overlap_key IS NOT NULL AS keyed FROM {jobs} j
                  WHERE j.ready_lane = l.ready AND j.place > l.after ORDER BY j.ready_lane, j.place LIMIT ? {skip}) j
                ORDER BY j.place LIMIT ?) h),
            done AS (
              UPDATE {jobs} AS j SET state = 2, ready_lane = NULL, holder = ?, token = ? + h.n, nonce = ?, changed_at = ?
              FROM head h WHERE j.ctid = h.at AND j.ready_lane = h.ready AND NOT EXISTS (SELECT 1 FROM head WHERE keyed)
              RETURNING 1)
            SELECT h.ready, max(h.place), count(*), bool_or(h.keyed), (SELECT count(*) FROM done) FROM head h GROUP BY h.ready""";

    /** The earliest, by their index, whoever serves it. */
    private static final String DUE =
            "SELECT 1 FROM {jobs} WHERE state = 0 AND due_at <= (SELECT :now) ORDER BY state, due_at LIMIT 1";

    private final Session session;
    private final Lanes lanes;
    private final Rivals rivals;
    private final Memory memory;
    private final Cursors cursors;
    private final long nonce;
    private final Set<String> lives = new HashSet<>();
    private final Map<String, Pool> pools = new HashMap<>();
    private final Set<String> paused = new HashSet<>();
    private final Set<Long> probed = new HashSet<>();
    private final Set<Long> found = new HashSet<>();
    private final Set<Long> nonEmpty = new TreeSet<>();
    private final Set<Long> emptied = new HashSet<>();
    private final Map<Long, Long> after = new HashMap<>();
    private final Map<Long, Long> reached = new HashMap<>();
    private final TreeMap<Long, List<AssignFigures.Range>> assigned = new TreeMap<>();
    private Cursors.View view;
    private Optional<Stamp> stamp = Optional.empty();
    private Optional<Long> returns = Optional.empty();
    private long place;
    private long lookNanos;
    private boolean wanting;
    private boolean sawAll;
    private boolean tried;
    private boolean unusual;
    private boolean due;

    /**
     * What earlier assignments of the same group leave to this one.
     *
     * @param hints so many hints of ready jobs were heard before it
     * @param sawPaused is told which queues are paused
     */
    record Memory(Cursors cursors, IdleLanes idle, long hints, Consumer<Set<String>> sawPaused) {
        static Memory of(Cursors cursors, IdleLanes idle, Wakes wakes) {
            PausedQueues.Look look = wakes.paused().look();
            return new Memory(
                    cursors, idle, wakes.heard(), paused -> wakes.paused().saw(look, paused));
        }
    }

    /** Who else assigns. */
    enum Rivals {
        /** Nobody: the fence is locked. */
        NONE(""),
        /** Any node for itself, which has locked what it takes. */
        NODES("FOR UPDATE SKIP LOCKED");

        private final String assign;

        Rivals(String skip) {
            this.assign = ASSIGN.replace("{skip}", skip);
        }
    }

    QuickAssign(Session session, Lanes lanes, Rivals rivals, Memory memory, long nonce) {
        this.session = session;
        this.lanes = lanes;
        this.rivals = rivals;
        this.memory = memory;
        this.cursors = memory.cursors();
        this.nonce = nonce;
        this.view = cursors.look();
    }

    /** An assignment that was written; to be told once it is committed. */
    record Done(AssignReport report, Runnable committed) {}

    /**
     * Empty if it is not the usual assignment, or others were quicker with all that is ready: then the transaction is rolled back, and nothing was done.
     *
     * @param losable whether the commit need not wait for the disk: where the server loses it, jobs are ready again, which nobody has
     *     taken, since the log of a take comes after that of its assignment
     */
    Optional<Done> fill(List<Grant> grants, boolean losable) throws SQLException {
        Set<String> queues = new TreeSet<>();
        grants.forEach(grant -> queues.addAll(grant.queues()));
        look(grants, queues, losable);
        int[] counts = new int[grants.size()];
        Set<String> open = new HashSet<>(queues);
        open.removeAll(paused);
        fill(grants, open, counts);
        if (wanting && !unusual && (view.hasLower() || !sawAll)) {
            after.clear();
            view = view.lowered(cursors.nanos());
            probe(queues);
            lookNanos = cursors.nanosSince(view.beganNanos());
            fill(grants, open, counts);
        }
        boolean outrun = rivals == Rivals.NODES && tried && assigned.isEmpty();
        if (unusual || outrun || returns.isEmpty()) {
            session.connection.rollback();
            return Optional.empty();
        }
        AssignFigures figures = new AssignFigures(session, view);
        Map<String, Cursors.Left> left = figures.write(standing(open), this::afters, byQueue(grants, counts), assigned);
        Map<String, Integer> ready = new HashMap<>();
        queues.forEach(queue -> ready.put(
                queue, left.getOrDefault(queue, new Cursors.Left(0, false, 0)).jobs()));
        lanes.known(open).stream()
                .flatMap(lane -> lane.readies().stream())
                .filter(place -> probed.contains(place) && !nonEmpty.contains(place))
                .forEach(emptied::add);
        AssignReport report = new AssignReport(Arrays.stream(counts).boxed().toList(), ready);
        return Optional.of(new Done(report, () -> {
            cursors.committed(view, reached, emptied, left, lookNanos, place, wanting);
            memory.idle().looked(probed, found, sawAll, memory.hints(), lookNanos);
            memory.sawPaused().accept(paused);
        }));
    }

    private void look(List<Grant> grants, Set<String> queues, boolean losable) throws SQLException {
        Set<String> incarnations = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (Grant grant : grants) {
            incarnations.add(Names.encoded(grant.incarnation()));
            names.add(Pool.name(grant.incarnation(), grant.pool()));
        }
        Set<Lane> known = Set.copyOf(lanes.known(queues));
        Statements look = new Statements(session)
                .query(LIVES, row -> lives.add(Names.decoded(row.getString(1))), session.texts(incarnations))
                .query(POOLS, row -> pools.put(row.getString(2), Pool.read(row)), session.texts(names))
                .query("SELECT name FROM {paused}", row -> paused.add(Names.decoded(row.getString(1))))
                .query("SELECT number FROM {returns}", row -> returns = Optional.of(row.getLong(1)))
                .query(
                        "SELECT " + session.dialect.now() + ", nextval('{numbers}')",
                        row -> stamp = Optional.of(new Stamp(row.getLong(1), row.getLong(2))))
                .query(
                        "SELECT id, name FROM {lanes} WHERE id > ?",
                        row -> lanes.remember(row.getLong(1), row.getString(2)),
                        view.isFromHead() ? -1L : lanes.newest());
        List<Long> places = places(known);
        Collection<Long> chosen = view.isFromHead() ? places : memory.idle().choose(places, memory.hints());
        sawAll = chosen.size() == places.size();
        probe(look, chosen);
        if (rivals == Rivals.NODES) {
            look.query(DUE.replace(":now", session.dialect.now()), row -> due = true);
        }
        if (losable) {
            look.query("SELECT set_config('synchronous_commit', 'off', true)", row -> true);
        }
        look.run();
        lookNanos = cursors.nanosSince(view.beganNanos());
        place = stamp.orElseThrow().number(0);
        boolean promoted = rivals == Rivals.NODES && beginReserving(grants, queues);
        boolean held = returns.isPresent() && cursors.hold(returns.get());
        if (!held) {
            view = cursors.look();
            lookNanos = 0;
        }
        if (!held || promoted || !known.containsAll(lanes.known(queues))) {
            probe(queues);
        }
    }

    /** Answers whether due jobs became ready. */
    private boolean beginReserving(List<Grant> grants, Set<String> queues) throws SQLException {
        for (Grant grant : grants) {
            if (!lives.contains(grant.incarnation())) {
                throw Incarnations.cannotReserve(grant.incarnation());
            }
        }
        return due && new Tending(session, lanes).promoteOf(List.copyOf(queues), Tending.MOST_PROMOTED) > 0;
    }

    private void probe(Set<String> queues) throws SQLException {
        nonEmpty.clear();
        probed.clear();
        Statements probe = new Statements(session);
        probe(probe, places(lanes.known(queues)));
        probe.run();
        sawAll = true;
    }

    private void probe(Statements with, Collection<Long> readies) throws SQLException {
        probed.addAll(readies);
        with.query(
                PROBE,
                row -> {
                    found.add(row.getLong(1));
                    return nonEmpty.add(row.getLong(1));
                },
                session.numbers(readies),
                session.numbers(afters(readies)));
    }

    private static List<Long> places(Collection<Lane> some) {
        return some.stream().flatMap(lane -> lane.readies().stream()).toList();
    }

    private void fill(List<Grant> grants, Set<String> open, int[] counts) throws SQLException {
        wanting = false;
        for (int i = 0; i < counts.length && !unusual; i++) {
            Grant grant = grants.get(i);
            if (!lives.contains(grant.incarnation())) {
                continue;
            }
            Pool pool = pools.get(Pool.name(grant.incarnation(), grant.pool()));
            if (pool == null) {
                unusual = true;
                return;
            }
            int room = grant.limit() - pool.held() - held(pool);
            for (String queue : grant.queues()) {
                if (room > 0 && open.contains(queue)) {
                    int some = fill(grant, pool, queue, room);
                    counts[i] += some;
                    room -= some;
                }
            }
            wanting |= room > 0;
        }
    }

    private int held(Pool pool) {
        return assigned.getOrDefault(pool.id(), List.of()).stream()
                .mapToInt(AssignFigures.Range::jobs)
                .sum();
    }

    /** Fills up from one queue, priority by priority. */
    private int fill(Grant grant, Pool pool, String queue, int room) throws SQLException {
        TreeMap<Integer, List<Long>> byPriority = new TreeMap<>(Comparator.reverseOrder());
        for (Lane lane : lanes.known(Set.of(queue))) {
            for (long ready : lane.readies()) {
                if (nonEmpty.contains(ready)) {
                    unusual |= Lane.isSuspect(ready);
                    if (grant.serves(lane.type())) {
                        byPriority
                                .computeIfAbsent(lane.priority(), priority -> new ArrayList<>())
                                .add(ready);
                    }
                }
            }
        }
        int filled = 0;
        for (List<Long> level : byPriority.values()) {
            while (filled < room && !unusual && nonEmpty.containsAll(level)) {
                filled += assign(level, pool, Math.min(room - filled, Stamp.NUMBERS));
            }
        }
        return filled;
    }

    /** Assigns the first jobs of lanes of equal priority; answers how many. */
    private int assign(List<Long> level, Pool pool, int most) throws SQLException {
        Stamp own = stamp.isPresent() ? stamp.get() : session.dialect.stamp(session);
        stamp = Optional.empty();
        tried = true;
        int[] found = new int[2];
        Map<Long, Long> last = new HashMap<>();
        new Statements(session)
                .query(
                        rivals.assign,
                        row -> {
                            last.put(row.getLong(1), row.getLong(2));
                            found[0] += row.getInt(3);
                            unusual |= row.getBoolean(4);
                            found[1] = row.getInt(5);
                            return found;
                        },
                        session.numbers(level),
                        session.numbers(afters(level)),
                        most,
                        most,
                        pool.id(),
                        own.number(0) - 1,
                        nonce,
                        own.now())
                .run();
        after.putAll(last);
        reached.putAll(last);
        if (found[0] < most) {
            nonEmpty.removeAll(level);
            emptied.addAll(level);
        }
        if (found[1] > 0) {
            assigned.computeIfAbsent(pool.id(), id -> new ArrayList<>())
                    .add(new AssignFigures.Range(own.number(0), own.number(found[0] - 1), found[1]));
        }
        return found[1];
    }

    private static Map<String, Integer> byQueue(List<Grant> grants, int[] counts) {
        Map<String, Integer> most = new HashMap<>();
        for (int i = 0; i < counts.length; i++) {
            for (String queue : grants.get(i).queues()) {
                most.merge(queue, counts[i], Integer::sum);
            }
        }
        return most;
    }

    /** Where ready jobs are left, of queues that are not paused. */
    private Map<String, List<Long>> standing(Set<String> open) {
        Map<String, List<Long>> standing = new HashMap<>();
        for (Lane lane : lanes.known(open)) {
            for (long ready : lane.readies()) {
                if (nonEmpty.contains(ready)) {
                    standing.computeIfAbsent(lane.queue(), queue -> new ArrayList<>())
                            .add(ready);
                }
            }
        }
        return standing;
    }

    private List<Long> afters(Collection<Long> readies) {
        return readies.stream()
                .map(ready -> after.getOrDefault(ready, view.after(ready)))
                .toList();
    }
}
