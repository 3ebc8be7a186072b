package io.muster.cluster.local;

import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import java.time.Duration;

/** A session at a local coordinator, which keeps its state. */
final class LocalSession implements BackendSession {
    private final LocalBackend backend;
    private final LocalCoordinator coordinator;
    private final String id;
    private final Duration ttl;

    LocalSession(LocalBackend backend, LocalCoordinator coordinator, String id, Duration ttl) {
        this.backend = backend;
        this.coordinator = coordinator;
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
        backend.run(Operation.RENEW, deadline, () -> coordinator.renew(id));
    }

    @Override
    public void end(Deadline deadline) {
        backend.run(Operation.END_SESSION, deadline, () -> coordinator.end(id));
    }

    @Override
    public String toString() {
        return "LocalSession[" + id + "]";
    }
}
