package io.muster.queue.clusterstore;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.queue.store.Grant;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much incarnations hold, without listing their jobs for each assignment: a list costs some servers as much as has ever been deleted there.
 * While one group alone leads, under the same fence, which every assignment compares, nobody else assigns. Then of an incarnation in this
 * process it is known; of another, what was listed and what was assigned here since is at least what it holds now. Where that says that a
 * pool is full, it is listed. Owned by whoever assigns; not thread-safe.
 */
final class Loads {
    private static final Duration LONGEST = Duration.ofSeconds(1);
    /** What this process knows of its own incarnation is not doubted more often. */
    private static final Duration LIST_PACE = Duration.ofMillis(250);

    private final Coordinator coordinator;
    private final HeldHere heldHere;
    private final Map<String, Load> loads = new HashMap<>();
    private Optional<Compare> listedUnder = Optional.empty();
    private boolean alone;
    private long calls;
    private long callNanos;

    Loads(Coordinator coordinator, HeldHere heldHere) {
        this.coordinator = coordinator;
        this.heldHere = heldHere;
    }

    /** A call of the leader who writes under {@code guard}, or of a node that reserves for itself. */
    void begin(Board board, Optional<Compare> guard, List<Grant> grants) {
        alone = guard.isPresent() && board.fences().size() == 1;
        if (!alone || !guard.equals(listedUnder)) {
            loads.clear();
        }
        listedUnder = guard;
        calls++;
        callNanos = coordinator.timeline().ticker().nanos();
        Set<String> granted = new HashSet<>();
        grants.forEach(grant -> granted.add(grant.incarnation()));
        loads.keySet().retainAll(granted);
    }

    /** Whether nobody else assigns as long as the guard of the call holds. */
    boolean isAlone() {
        return alone;
    }

    Load of(String incarnation) {
        return loads.computeIfAbsent(incarnation, Load::new);
    }

    /** After an outcome that is not known, nothing here can be trusted. */
    void forget() {
        loads.clear();
    }

    /** What an incarnation holds, by the names under it. */
    final class Load {
        private final String incarnation;
        private final Map<String, Integer> byPool = new HashMap<>();
        private int suspects;
        private boolean listed;
        private long listedInCall;
        private long listedNanos;

        private Load(String incarnation) {
            this.incarnation = incarnation;
        }

        /** Whether the pool holds less than it is granted. */
        boolean hasRoom(Grant grant) {
            return of(grant.pool()) < grant.limit() || (listAgain() && of(grant.pool()) < grant.limit());
        }

        /** Counted, if there may be any. */
        boolean hasSuspect() {
            if (!listed || suspects > 0) {
                listUnlessListed();
            }
            return suspects > 0;
        }

        int of(String pool) {
            Optional<Integer> here = alone ? heldHere.of(incarnation).map(held -> held.load(pool)) : Optional.empty();
            if (here.isPresent() && listedInCall != calls) {
                return here.get();
            }
            if (!listed || callNanos - listedNanos > LONGEST.toNanos()) {
                list();
            }
            return byPool.getOrDefault(pool, 0);
        }

        void add(String pool, boolean suspect) {
            byPool.merge(pool, 1, Integer::sum);
            suspects += suspect ? 1 : 0;
        }

        private boolean listAgain() {
            boolean known = alone && heldHere.of(incarnation).isPresent();
            boolean justListed = listed && callNanos - listedNanos < LIST_PACE.toNanos();
            return !(known && justListed) && listUnlessListed();
        }

        private boolean listUnlessListed() {
            if (listed && listedInCall == calls) {
                return false;
            }
            list();
            return true;
        }

        private void list() {
            listed = true;
            listedInCall = calls;
            listedNanos = callNanos;
            byPool.clear();
            suspects = 0;
            for (Entry entry : coordinator.names(StoreKeys.held(incarnation))) {
                StoreKeys.HeldName name = StoreKeys.heldName(entry.key());
                add(name.pool(), name.suspect());
            }
        }
    }
}
