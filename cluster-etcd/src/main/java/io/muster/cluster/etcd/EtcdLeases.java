package io.muster.cluster.etcd;

import io.etcd.jetcd.Lease;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases of etcd, over connections of their own so that other calls never delay a renewal. Thread-safe. */
final class EtcdLeases {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdLeases.class);

    private final EtcdEndpoints endpoints;

    EtcdLeases(EtcdEndpoints endpoints) {
        this.endpoints = endpoints;
    }

    /**
     * @param ttl what the server granted, which it raises to what its election timeout allows
     */
    record Granted(long id, Duration ttl) {}

    /** At least {@code ttl}, in whole seconds. A grant whose answer is lost ends by itself, hanging on nothing. */
    Granted grant(Duration ttl, Deadline deadline) {
        long seconds = Math.max(1, ttl.plusNanos(999_999_999).toSeconds());
        LeaseGrantResponse granted = endpoints.repeatable(
                "granting a lease", deadline, client -> client.getLeaseClient().grant(seconds));
        return new Granted(granted.getID(), Duration.ofSeconds(granted.getTTL()));
    }

    /**
     * Its whole TTL begins anew, at some moment after this call began. The answer comes from etcd's leader.
     *
     * @throws SessionLostException it has ended
     */
    void renew(long lease, Deadline deadline) {
        endpoints.repeatable("renewing a lease", deadline, client -> {
            Lease leases = client.getLeaseClient();
            // A stream does not fetch a new token when its own is out of date; any plain call does.
            return leases.keepAliveOnce(lease)
                    .exceptionallyCompose(error -> EtcdErrors.isUnauthenticated(error)
                            ? leases.timeToLive(lease, LeaseOption.DEFAULT)
                                    .thenCompose(alive -> leases.keepAliveOnce(lease))
                            : CompletableFuture.failedFuture(error));
        });
    }

    /** No effect if it has ended. */
    void revoke(long lease, Deadline deadline) {
        try {
            endpoints.repeatable("revoking a lease", deadline, client -> client.getLeaseClient()
                    .revoke(lease));
        } catch (SessionLostException alreadyGone) {
            LOG.debug("A lease to be revoked had ended lease={}", EtcdKeys.sessionId(lease));
        }
    }

    /** As {@link #revoke} without waiting; if it fails, the lease ends by itself. */
    void revokeSoon(long lease) {
        CompletableFuture<?> unused = endpoints
                .connection()
                .client()
                .getLeaseClient()
                .revoke(lease)
                .whenComplete((answer, error) -> {
                    if (error != null) {
                        LOG.debug("A lease is left to end by itself lease={}", EtcdKeys.sessionId(lease), error);
                    }
                });
    }
}
