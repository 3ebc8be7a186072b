package io.muster.chaos.check;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When the servers of a site may have acknowledged what they lost afterwards: whenever one of their replicas took over, or two of them led
 * at once. A server that leads again after it was away, and nobody in between, has lost nothing.
 */
final class Doubts {
    private static final long SECOND = 1_000_000_000;
    /** How far behind its master a replica may be that takes over. */
    private static final long BEHIND = 5 * SECOND;
    /** A change of roles is seen so much later at most. */
    private static final long SEEN_LATE = SECOND;
    /** A server that was replaced while it stood still goes on where it was until it hears of that. */
    private static final long AWAKE = 2 * SECOND;

    private final List<Doubt> doubts;
    private final int failovers;

    private record Doubt(long from, long to) {}

    private Doubts(List<Doubt> doubts, int failovers) {
        this.doubts = doubts;
        this.failovers = failovers;
    }

    /** Those of this site. */
    static Doubts of(Accounts accounts, String site) {
        Map<String, List<Event>> byShard = new LinkedHashMap<>();
        accounts.history().of(Kind.ROLE).stream()
                .filter(seen -> seen.text("site").equals(site))
                .forEach(seen -> byShard.computeIfAbsent(seen.text("shard"), none -> new ArrayList<>())
                        .add(seen));
        List<Doubt> doubts = new ArrayList<>();
        Map<String, Integer> failovers = new HashMap<>();
        byShard.forEach((shard, seen) -> failovers.put(shard, read(seen, accounts.lastNanos(), doubts)));
        accounts.faults().stream()
                .filter(fault -> fault.target().equals(site))
                .filter(fault -> doubts.stream().anyMatch(doubt -> fault.touches(doubt.from(), doubt.to())))
                .map(fault -> new Doubt(fault.to(), fault.to() + AWAKE))
                .toList()
                .forEach(doubts::add);
        return new Doubts(
                doubts, failovers.values().stream().mapToInt(Integer::intValue).sum());
    }

    /** Adds the doubts of one shard; answers how often another server than before came to lead alone. */
    private static int read(List<Event> seen, long end, List<Doubt> doubts) {
        Set<String> leading = new LinkedHashSet<>();
        String sole = "";
        long notSoleSince = 0;
        boolean severalLed = false;
        int failovers = 0;
        for (Event event : seen) {
            if (leading.equals(Set.of(sole))) {
                notSoleSince = event.nanos();
                severalLed = false;
            }
            if (event.text("leads").equals("true")) {
                leading.add(event.text("server"));
            } else {
                leading.remove(event.text("server"));
            }
            severalLed |= leading.size() > 1;
            if (leading.size() == 1) {
                String now = leading.iterator().next();
                boolean another = !sole.isEmpty() && !sole.equals(now);
                if (another || severalLed) {
                    doubts.add(new Doubt(notSoleSince - BEHIND, event.nanos() + SEEN_LATE));
                }
                failovers += another ? 1 : 0;
                sole = now;
            }
        }
        if (leading.size() > 1) {
            doubts.add(new Doubt(notSoleSince - BEHIND, end));
        }
        return failovers;
    }

    /** Whether a write that was acknowledged at that moment may have been lost since. */
    boolean about(long nanos) {
        return doubts.stream().anyMatch(doubt -> doubt.from() <= nanos && nanos <= doubt.to());
    }

    /** Whether there is one between these two. */
    boolean within(long from, long to) {
        return doubts.stream().anyMatch(doubt -> doubt.from() <= to && from <= doubt.to());
    }

    int failovers() {
        return failovers;
    }
}
