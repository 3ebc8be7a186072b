package io.muster.queue.memory;

import io.muster.queue.store.IncarnationBuriedException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.IncarnationRecord.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lives of nodes: admitted once, buried once, never revived; and what each holds. */
final class Incarnations {
    private static final Duration BURIED_KEPT = Duration.ofDays(1);

    private final NavigableMap<String, Life> lives = new TreeMap<>();

    Optional<Life> find(String incarnation) {
        return Optional.ofNullable(lives.get(incarnation));
    }

    /** Makes it known; answers whether it was not before. */
    boolean admit(IncarnationRecord record) {
        Life known = lives.get(record.incarnation());
        if (known == null) {
            lives.put(
                    record.incarnation(),
                    new Life(record.incarnation(), record.node(), record.admittedAt(), Status.ADMITTED));
            return true;
        }
        if (known.status != Status.ADMITTED) {
            throw new IncarnationBuriedException("Incarnation " + known.name + " is " + known.status
                    + " and cannot be admitted again; rejoin as a new one");
        }
        return false;
    }

    /** The incarnation, which from now on is buried, known or not. */
    Life bury(String incarnation, Instant now) {
        Life life = lives.computeIfAbsent(incarnation, unknown -> new Life(unknown, "", now, Status.BURIED));
        life.status = Status.BURIED;
        life.buriedAt = life.buriedAt == null ? now : life.buriedAt;
        return life;
    }

    /** The incarnation if it may settle. */
    Life settling(String incarnation) {
        Life life = lives.get(incarnation);
        if (life == null || life.status == Status.BURIED) {
            throw new IncarnationBuriedException("Incarnation " + incarnation + " is "
                    + (life == null ? "unknown" : "buried") + "; nothing was applied, rejoin as a new one");
        }
        return life;
    }

    /** The incarnation if it may get jobs. */
    Optional<Life> receiving(String incarnation) {
        return find(incarnation).filter(life -> life.status == Status.ADMITTED);
    }

    /** Those that are not buried, and those under which jobs still lie. */
    List<IncarnationRecord> records() {
        return lives.values().stream()
                .filter(life -> life.status != Status.BURIED || life.held() > 0)
                .map(Life::record)
                .toList();
    }

    /** Forgets, at most {@code limit}, those that were buried so long ago that no late admission is to be feared. */
    void forget(Instant now, int limit) {
        List<String> old = lives.values().stream()
                .filter(life -> life.isForgettable(now.minus(BURIED_KEPT)))
                .limit(limit)
                .map(life -> life.name)
                .toList();
        old.forEach(lives::remove);
    }

    /** One incarnation. */
    static final class Life {
        final String name;
        private final String node;
        private final Instant admittedAt;
        private final Map<String, Pool> pools = new HashMap<>();
        /** Jobs whose crashes its burial counted and no survivor has taken back. */
        final Set<String> crashed = new HashSet<>();

        Status status;
        /** Its process lives on as another incarnation: its burial counts no crashes. */
        boolean survived;
        /** The one suspect that is assigned to it or runs there. */
        @Nullable
        MemoryJob suspect;

        private @Nullable Instant buriedAt;

        private Life(String name, String node, Instant admittedAt, Status status) {
            this.name = name;
            this.node = node;
            this.admittedAt = admittedAt;
            this.status = status;
        }

        Pool pool(String pool) {
            return pools.computeIfAbsent(pool, added -> new Pool());
        }

        Optional<Pool> knownPool(String pool) {
            return Optional.ofNullable(pools.get(pool));
        }

        List<MemoryJob> untaken() {
            return pools.values().stream()
                    .flatMap(pool -> pool.assigned.values().stream())
                    .toList();
        }

        List<MemoryJob> running() {
            return pools.values().stream()
                    .flatMap(pool -> pool.running.values().stream())
                    .toList();
        }

        int held() {
            return pools.values().stream().mapToInt(Pool::held).sum();
        }

        private boolean isForgettable(Instant buriedBefore) {
            return buriedAt != null && buriedAt.isBefore(buriedBefore) && held() == 0;
        }

        private IncarnationRecord record() {
            return new IncarnationRecord(name, node, admittedAt, status, held());
        }
    }

    /** What a pool of a node holds, by fencing token: oldest assignment first. */
    static final class Pool {
        final NavigableMap<Long, MemoryJob> assigned = new TreeMap<>();
        final NavigableMap<Long, MemoryJob> running = new TreeMap<>();

        int held() {
            return assigned.size() + running.size();
        }
    }
}
