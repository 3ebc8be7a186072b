package io.muster.queue.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys of which each has one owner at most, who alone frees it unless its time is over before.
 *
 * @param <O> what owns: a job id, an attempt token
 */
final class Holds<O> {
    private final Map<String, Hold<O>> holds = new HashMap<>();
    private final TreeSet<Ending> endings =
            new TreeSet<>(Comparator.comparing(Ending::at).thenComparing(Ending::key));

    Optional<O> owner(String key) {
        return Optional.ofNullable(holds.get(key)).map(Hold::owner);
    }

    boolean isHeld(String key) {
        return holds.containsKey(key);
    }

    /** Gives a free key to {@code owner}. */
    void hold(String key, O owner, Optional<Instant> endsAt) {
        Ending ending = endsAt.map(at -> new Ending(at, key)).orElse(null);
        if (holds.putIfAbsent(key, new Hold<>(owner, ending)) != null) {
            throw new IllegalStateException("Key " + key + " is held already");
        }
        if (ending != null) {
            endings.add(ending);
        }
    }

    /** Whether the key was {@code owner}'s and is free now. */
    boolean free(String key, O owner) {
        Hold<O> hold = holds.get(key);
        if (hold == null || !hold.owner().equals(owner)) {
            return false;
        }
        holds.remove(key);
        if (hold.ending() != null) {
            endings.remove(hold.ending());
        }
        return true;
    }

    /** Frees keys whose time is over, at most {@code limit}; answers which. */
    List<String> expire(Instant now, int limit) {
        List<String> freed = new ArrayList<>();
        while (freed.size() < limit
                && !endings.isEmpty()
                && !endings.first().at().isAfter(now)) {
            String key = endings.pollFirst().key();
            holds.remove(key);
            freed.add(key);
        }
        return freed;
    }

    private record Hold<O>(O owner, @Nullable Ending ending) {}

    private record Ending(Instant at, String key) {}
}
