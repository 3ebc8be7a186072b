package io.muster.cluster.redis;

import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import java.time.Duration;

/** A key with an expiry. It lasts exactly its TTL from the server's receipt of the last renewal. */
final class RedisSession implements BackendSession {
    private final RedisBackend backend;
    private final String id;
    private final Duration ttl;
    private volatile boolean ended;

    RedisSession(RedisBackend backend, String id, Duration ttl) {
        this.backend = backend;
        this.id = id;
        this.ttl = ttl;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Duration effectiveTtl() {
        return ttl;
    }

    @Override
    public void renew(Deadline deadline) {
        if (ended || !backend.renew(this, deadline)) {
            throw new SessionLostException("Session " + id + " has ended at Redis");
        }
    }

    @Override
    public void end(Deadline deadline) {
        ended = true;
        backend.end(this, deadline);
    }
}
