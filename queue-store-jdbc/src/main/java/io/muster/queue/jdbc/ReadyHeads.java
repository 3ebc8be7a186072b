package io.muster.queue.jdbc;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands out ready jobs in their order, lane by lane from the head, and looks at no job twice in one call. What waits for an overlap key
 * steps aside on the way.
 */
final class ReadyHeads {
    private static final int MOST_READ = 1000;

    private final Session session;
    private final OverlapKeys overlaps;
    private final long now;
    private final Locking locking;
    private final Map<String, List<Head>> queues = new HashMap<>();
    private final Set<String> heldKeys = new HashSet<>();
    private final List<JobRow> aside = new ArrayList<>();
    private boolean skipped;

    /** How jobs are read. */
    enum Locking {
        /** As they are; who writes them compares. */
        NONE,
        /** Those that others have are left to them. */
        SKIP,
        /** Those that others have are waited for. */
        WAIT
    }

    ReadyHeads(Session session, Lanes lanes, OverlapKeys overlaps, long now, Locking locking, Collection<String> wanted)
            throws SQLException {
        this.session = session;
        this.overlaps = overlaps;
        this.now = now;
        this.locking = locking;
        for (long ready : session.dialect.readyLanes(session)) {
            Lane lane = lanes.of(session, Lane.idOf(ready));
            if (wanted.contains(lane.queue())) {
                queues.computeIfAbsent(lane.queue(), queue -> new ArrayList<>()).add(new Head(lane, ready));
            }
        }
        queues.values().forEach(heads -> heads.sort(Comparator.comparingInt((Head head) -> -head.lane.priority())));
    }

    /** Whether suspects are among what is ready. */
    boolean hasSuspects() {
        return queues.values().stream().flatMap(List::stream).anyMatch(head -> Lane.isSuspect(head.ready));
    }

    /**
     * The next job of the queue, by priority, then place.
     *
     * @param room how many more will be asked for
     */
    @Nullable
    JobRow next(String queue, Predicate<Lane> served, boolean suspects, int room) throws SQLException {
        List<Head> heads = queues.getOrDefault(queue, List.of());
        int at = 0;
        while (at < heads.size()) {
            int priority = heads.get(at).lane.priority();
            Head first = null;
            int lanes = 0;
            for (int i = at; i < heads.size() && heads.get(i).lane.priority() == priority; i++) {
                Head head = heads.get(i);
                lanes++;
                if (served.test(head.lane) && (suspects || !Lane.isSuspect(head.ready)) && head.fill(room)) {
                    first = first == null || head.place() < first.place() ? head : first;
                }
            }
            if (first != null) {
                return first.pop();
            }
            at += lanes;
        }
        return null;
    }

    /** Whether jobs were left to others. */
    boolean skipped() {
        return skipped;
    }

    /** To be called at the end: those that wait for a key leave the lanes. */
    void setAside() throws SQLException {
        if (!aside.isEmpty()) {
            overlaps.setAside(aside);
        }
    }

    /** At least how many are left in a queue, up to {@code most} per lane. */
    int left(String queue, int most) throws SQLException {
        int left = 0;
        for (Head head : queues.getOrDefault(queue, List.of())) {
            left += head.left(most);
        }
        return left;
    }

    /** Where a lane is read. */
    private final class Head {
        private final Lane lane;
        private final long ready;
        private final Deque<JobRow> read = new ArrayDeque<>();
        private long after = Long.MIN_VALUE;
        private boolean exhausted;

        Head(Lane lane, long ready) {
            this.lane = lane;
            this.ready = ready;
        }

        long place() {
            return read.getFirst().place();
        }

        JobRow pop() {
            JobRow job = read.removeFirst();
            if (job.overlapKey() != null) {
                heldKeys.add(job.overlapKey());
            }
            return job;
        }

        /** Reads on if need be; answers whether there is a job at the head that may be had. */
        boolean fill(int room) throws SQLException {
            while (true) {
                while (!read.isEmpty() && isKeyHeld(read.getFirst())) {
                    aside.add(read.removeFirst());
                }
                if (!read.isEmpty() || exhausted) {
                    return !read.isEmpty();
                }
                readOn(Math.min(MOST_READ, Math.max(1, room)));
            }
        }

        private boolean isKeyHeld(JobRow job) {
            return job.overlapKey() != null && heldKeys.contains(job.overlapKey());
        }

        private void readOn(int count) throws SQLException {
            List<JobRow> jobs = session.query(
                    "SELECT " + JobRow.COLUMNS
                            + " FROM {jobs} j WHERE j.ready_lane = ? AND j.place > ? ORDER BY j.ready_lane, j.place LIMIT ?"
                            + (locking == Locking.WAIT ? " FOR UPDATE" : ""),
                    JobRow::read,
                    ready,
                    after,
                    count);
            exhausted = jobs.size() < count;
            if (!jobs.isEmpty()) {
                after = jobs.get(jobs.size() - 1).place();
            }
            if (locking == Locking.SKIP && !jobs.isEmpty()) {
                jobs = own(jobs);
            }
            read.addAll(jobs);
            Set<String> keys = new HashSet<>();
            jobs.stream().filter(job -> job.overlapKey() != null).forEach(job -> keys.add(job.overlapKey()));
            keys.removeAll(heldKeys);
            heldKeys.addAll(overlaps.held(keys, now));
        }

        /** Those of the jobs that nobody else has now. A limit would be applied before others are skipped, in some databases. */
        private List<JobRow> own(List<JobRow> jobs) throws SQLException {
            List<JobRow> own = new ArrayList<>(session.query(
                    "SELECT " + JobRow.COLUMNS + " FROM {jobs} j WHERE j.id {any} AND j.ready_lane = ?"
                            + session.dialect.forUpdateSkipLocked(),
                    JobRow::read,
                    jobs.stream().map(JobRow::id).toList(),
                    ready));
            own.sort(Comparator.comparingLong(JobRow::place));
            skipped |= own.size() < jobs.size();
            return own;
        }

        private int left(int most) throws SQLException {
            return exhausted
                    ? read.size()
                    : session.first(
                                            "SELECT COUNT(*) FROM (SELECT 1 FROM {jobs} WHERE ready_lane = ? AND place > ? LIMIT ?) l",
                                            row -> row.getInt(1),
                                            ready,
                                            after,
                                            most)
                                    .orElse(0)
                            + read.size();
        }
    }
}
