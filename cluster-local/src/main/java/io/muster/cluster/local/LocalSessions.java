package io.muster.cluster.local;

import io.muster.cluster.SessionLostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The live sessions of a coordinator. Not thread-safe: owned by the coordinator's lock. */
final class LocalSessions {
    private final Map<String, Life> live = new LinkedHashMap<>();

    void open(String id, Duration ttl, long nowNanos) {
        live.put(id, new Life(ttl, nowNanos + ttl.toNanos()));
    }

    /**
     * @throws SessionLostException the session has ended
     */
    void requireLive(String id) {
        if (!live.containsKey(id)) {
            throw new SessionLostException("The session has ended at the local coordinator: " + id);
        }
    }

    void renew(String id, long nowNanos) {
        requireLive(id);
        live.computeIfPresent(id, (same, life) -> life.from(nowNanos));
    }

    /** Every session begins its TTL anew; {@code each} is told its id and TTL. */
    void renewAll(long nowNanos, BiConsumer<String, Duration> each) {
        live.replaceAll((id, life) -> life.from(nowNanos));
        live.forEach((id, life) -> each.accept(id, life.ttl));
    }

    /** Whether it lived. */
    boolean end(String id) {
        return live.remove(id) != null;
    }

    /** Removes and returns the sessions whose TTL has passed. */
    List<String> expire(long nowNanos) {
        List<String> ended = live.entrySet().stream()
                .filter(session -> session.getValue().endNanos - nowNanos <= 0)
                .map(Map.Entry::getKey)
                .toList();
        ended.forEach(live::remove);
        return ended;
    }

    /** Time left to a session, unless it is renewed; empty if it has ended. */
    Optional<Duration> left(String id, long nowNanos) {
        return Optional.ofNullable(live.get(id)).map(life -> Duration.ofNanos(life.endNanos - nowNanos));
    }

    /** Oldest first. */
    List<String> ids() {
        return List.copyOf(live.keySet());
    }

    private record Life(Duration ttl, long endNanos) {
        Life from(long nowNanos) {
            return new Life(ttl, nowNanos + ttl.toNanos());
        }
    }
}
