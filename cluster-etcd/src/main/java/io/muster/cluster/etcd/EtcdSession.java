package io.muster.cluster.etcd;

import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A lease. Renewed one request at a time: jetcd's own keep-alive loses leases when a member freezes or an outage lasts
 * longer than the TTL.
 */
final class EtcdSession implements BackendSession {
    private final EtcdLeases leases;
    private final EtcdLeases.Granted lease;
    private final Consumer<EtcdSession> onEnd;
    private volatile boolean ended;

    EtcdSession(EtcdLeases leases, EtcdLeases.Granted lease, Consumer<EtcdSession> onEnd) {
        this.leases = leases;
        this.lease = lease;
        this.onEnd = onEnd;
    }

    @Override
    public String id() {
        return EtcdKeys.sessionId(lease.id());
    }

    @Override
    public Duration effectiveTtl() {
        return lease.ttl();
    }

    @Override
    public void renew(Deadline deadline) {
        leaseId();
        try {
            leases.renew(lease.id(), deadline);
        } catch (SessionLostException e) {
            ended();
            throw e;
        }
    }

    @Override
    public void end(Deadline deadline) {
        if (!ended) {
            leases.revoke(lease.id(), deadline);
            ended();
        }
    }

    /**
     * What an entry of this session is bound to.
     *
     * @throws SessionLostException it is known to have ended
     */
    long leaseId() {
        if (ended) {
            throw new SessionLostException("Session " + id() + " has ended at etcd");
        }
        return lease.id();
    }

    private void ended() {
        ended = true;
        onEnd.accept(this);
    }
}
