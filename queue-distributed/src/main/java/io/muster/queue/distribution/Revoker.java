package io.muster.queue.distribution;

import io.muster.queue.distribution.Planner.Revocation;
import io.muster.queue.store.AssignReport;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore.LeaderDesk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes untaken jobs back from where they would wait ({@link Planner#revocations}). It asks the store who holds how much only when
 * something can come of it: a pool has closed, or one is idle with nothing ready for it while another may have been given more
 * than its slots; and the less it finds, the more rarely. Owned by the leader's loop.
 */
final class Revoker {
    private static final Logger LOG = LoggerFactory.getLogger(Revoker.class);
    private static final Duration SOONEST = Duration.ofMillis(250);
    private static final Duration RAREST = Duration.ofSeconds(5);
    /** A heartbeat says nothing of what was given after it. */
    private static final Duration HEARTBEAT_IS_OLD = Duration.ofSeconds(10);

    private final LeaderDesk desk;
    private final Set<String> hungry = new HashSet<>();
    private final Map<String, Long> gotAtNanos = new HashMap<>();
    private List<Seat> seats = List.of();
    private List<Seat> everySeat = List.of();
    private boolean beyondSlots = true;
    private boolean newlyClosed;
    private Duration pause = SOONEST;
    private long lookAtNanos;

    Revoker(LeaderDesk desk) {
        this.desk = desk;
    }

    /**
     * @param from pools that gave something back
     * @param next when to look again at the latest
     */
    record Report(List<Seat> from, Duration next) {}

    /** A term begins: nothing is known of what the former leader gave. */
    void begin(long nowNanos) {
        hungry.clear();
        gotAtNanos.clear();
        beyondSlots = true;
        newlyClosed = true;
        pause = SOONEST;
        lookAtNanos = nowNanos;
    }

    /** Pools of live nodes: those this leader assigns to, and all. */
    void seats(List<Seat> current, List<Seat> all) {
        for (Seat seat : current) {
            boolean wasOpen = seats.stream().anyMatch(old -> old.id().equals(seat.id()) && old.isOpen());
            newlyClosed |= seat.isClosed() && wasOpen;
        }
        seats = current;
        everySeat = all;
        Set<String> ids = new HashSet<>();
        seats.forEach(seat -> ids.add(seat.id()));
        hungry.retainAll(ids);
        gotAtNanos.keySet().retainAll(ids);
    }

    /** Pools of an incarnation ran out of work. */
    void hungry(String incarnation, Set<String> pools) {
        seats.stream()
                .filter(seat -> seat.incarnation().equals(incarnation) && pools.contains(seat.pool()))
                .forEach(seat -> hungry.add(seat.id()));
    }

    /** What a round of the leader gave. */
    void assigned(List<Grant> grants, AssignReport report, long nowNanos) {
        for (int i = 0; i < grants.size(); i++) {
            String id = grants.get(i).incarnation() + "/" + grants.get(i).pool();
            if (report.assigned().get(i) > 0) {
                hungry.remove(id);
                gotAtNanos.put(id, nowNanos);
                if (grants.get(i).limit() > slots(id)) {
                    beyondSlots = true;
                    pause = SOONEST;
                }
            }
        }
    }

    /** Looks if it is time to, and takes back. {@code ready} is what the last round left ready. */
    Report round(Fence fence, Map<String, Integer> ready, long nowNanos) {
        Map<String, Integer> free = free(ready, nowNanos);
        boolean closed = seats.stream().anyMatch(Seat::isClosed);
        boolean idle = beyondSlots && !free.isEmpty();
        if (!closed && !idle) {
            return new Report(List.of(), RAREST);
        }
        if (!newlyClosed && nowNanos - lookAtNanos < 0) {
            return new Report(List.of(), Duration.ofNanos(lookAtNanos - nowNanos));
        }
        newlyClosed = false;
        List<Seat> from = look(fence, free);
        pause = from.isEmpty() ? shorter(RAREST, pause.multipliedBy(2)) : SOONEST;
        lookAtNanos = nowNanos + pause.toNanos();
        return new Report(from, from.isEmpty() ? pause : Duration.ZERO);
    }

    private List<Seat> look(Fence fence, Map<String, Integer> free) {
        Map<String, Integer> held = new HashMap<>();
        for (IncarnationRecord record : desk.incarnations()) {
            held.put(record.incarnation(), record.held());
        }
        Set<String> own = new HashSet<>();
        seats.forEach(seat -> own.add(seat.id()));
        everySeat.stream()
                .filter(seat -> !own.contains(seat.id()))
                .forEach(others -> held.computeIfPresent(
                        others.incarnation(), (incarnation, jobs) -> jobs - others.concurrency() + others.free()));
        beyondSlots = held.entrySet().stream().anyMatch(each -> each.getValue() > busySlots(each.getKey(), free));
        List<Seat> from = new ArrayList<>();
        for (Revocation revocation : Planner.revocations(seats, free, held)) {
            Seat seat = revocation.seat();
            int revoked = desk.revoke(fence, seat.incarnation(), seat.pool(), revocation.limit());
            if (revoked > 0) {
                from.add(seat);
                LOG.info(
                        "Took back jobs that would have waited node={} pool={} state={} jobs={}",
                        seat.node(),
                        seat.pool(),
                        seat.state(),
                        revoked);
            }
        }
        return from;
    }

    /** Slots that run nothing and for which nothing is ready: all of a pool that said so, else what its heartbeat said. */
    private Map<String, Integer> free(Map<String, Integer> ready, long nowNanos) {
        Map<String, Integer> free = new HashMap<>();
        for (Seat seat : seats) {
            Long gotAt = gotAtNanos.get(seat.id());
            boolean gotSome = gotAt != null && nowNanos - gotAt < HEARTBEAT_IS_OLD.toNanos();
            boolean nothingReady = seat.queues().stream().allMatch(queue -> ready.getOrDefault(queue, 0) == 0);
            int slots = hungry.contains(seat.id()) ? seat.concurrency() : gotSome ? 0 : seat.free();
            if (seat.isOpen() && nothingReady && slots > 0) {
                free.put(seat.id(), slots);
            }
        }
        return free;
    }

    private int busySlots(String incarnation, Map<String, Integer> free) {
        return seats.stream()
                .filter(seat -> seat.incarnation().equals(incarnation))
                .mapToInt(seat -> seat.concurrency() - free.getOrDefault(seat.id(), 0))
                .sum();
    }

    private int slots(String seatId) {
        return seats.stream()
                .filter(seat -> seat.id().equals(seatId))
                .mapToInt(Seat::concurrency)
                .findFirst()
                .orElse(0);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
