package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Multi;
import io.muster.cluster.zookeeper.ZooKeeperConnection.Life;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZooKeeper session on a connection of its own, so that bulk data neither delays its heartbeats nor ends it. Bound
 * entries are ephemeral nodes created on its handle.
 */
final class ZooKeeperSession implements BackendSession, ZooKeeperWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSession.class);
    private static final Duration RENEWAL_WAIT = Duration.ofMillis(20);

    private final ZooKeeperConnection connection;
    private final ZooKeeper handle;
    private final ZooKeeperKeys keys;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;
    private final List<Op> proof;
    private final String id;
    private final Duration effectiveTtl;
    private final Loop watchdog;
    private volatile boolean ending;

    @GuardedBy("this")
    private int renewing;

    @GuardedBy("this")
    private long renewedAtNanos;

    private ZooKeeperSession(
            ZooKeeperConnection connection,
            ZooKeeper handle,
            ZooKeeperKeys keys,
            Timeline timeline,
            Loop watchdog,
            ZooKeeperErrors errors) {
        this.connection = connection;
        this.handle = handle;
        this.keys = keys;
        this.timeline = timeline;
        this.watchdog = watchdog;
        this.errors = errors;
        this.proof = List.of(Op.check(keys.root(), -1));
        this.id = id(handle.getSessionId());
        this.effectiveTtl = Duration.ofMillis(handle.getSessionTimeout());
        this.renewedAtNanos = timeline.ticker().nanos();
    }

    static ZooKeeperSession open(
            ZooKeeperConfig config,
            ZooKeeperKeys keys,
            Duration ttl,
            Timeline timeline,
            Loop watchdog,
            Deadline deadline) {
        ZooKeeperConnection connection = new ZooKeeperConnection(config, ttl, Life.ONE_SESSION, timeline).start();
        try {
            ZooKeeper handle = connection.connected(deadline);
            ZooKeeperSession session =
                    new ZooKeeperSession(connection, handle, keys, timeline, watchdog, new ZooKeeperErrors(config));
            watchdog.schedule(session.effectiveTtl, session::endUnlessRenewed);
            return session;
        } catch (ClusterException e) {
            connection.beginClose();
            throw e;
        }
    }

    static String id(long session) {
        return Long.toHexString(session);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Duration effectiveTtl() {
        return effectiveTtl;
    }

    /**
     * Sends a multi that changes nothing, as often as needed. Unlike a read or {@code sync} it is only answered once a
     * quorum has agreed, and the leader refuses it if the session has ended.
     */
    @Override
    public void renew(Deadline deadline) {
        synchronized (this) {
            renewing++;
        }
        try {
            prove(deadline);
            renewed();
        } finally {
            synchronized (this) {
                renewing--;
            }
        }
    }

    private void prove(Deadline deadline) {
        while (true) {
            connected(deadline);
            try {
                Multi reply = ZooKeeperCalls.await(ZooKeeperCalls.multi(handle, proof), timeline, deadline);
                if (reply.failed() < 0) {
                    return;
                }
                throw KeeperException.create(reply.error(0));
            } catch (KeeperException e) {
                if (e.code() == Code.SESSIONEXPIRED) {
                    throw errors.sessionLost(id);
                }
                if (!ZooKeeperErrors.isConnectionTrouble(e) || deadline.expired()) {
                    throw errors.reading("renew session 0x" + id, e);
                }
            }
        }
    }

    private synchronized void renewed() {
        renewedAtNanos = timeline.ticker().nanos();
    }

    /**
     * The client's heartbeats keep the session for as long as the process lives; but a session lives only as long as it is
     * renewed by those who rely on it.
     */
    private void endUnlessRenewed() {
        Duration left;
        synchronized (this) {
            Duration silent = Duration.ofNanos(timeline.ticker().nanos() - renewedAtNanos);
            left = effectiveTtl.minus(silent);
            if (renewing > 0 && left.compareTo(RENEWAL_WAIT) < 0) {
                left = RENEWAL_WAIT;
            }
        }
        if (hasEnded()) {
            return;
        }
        if (left.isNegative() || left.isZero()) {
            LOG.warn("Ending a session that was not renewed for its TTL session=0x{} ttl={}", id, effectiveTtl);
            beginEnd();
        } else {
            watchdog.schedule(left, this::endUnlessRenewed);
        }
    }

    @Override
    public Multi send(List<Op> operations, Deadline deadline) {
        connected(deadline);
        try {
            return ZooKeeperCalls.await(ZooKeeperCalls.multi(handle, operations), timeline, deadline);
        } catch (KeeperException e) {
            throw errors.writing("commit in session 0x" + id, id, e);
        }
    }

    @Override
    public void end(Deadline deadline) {
        boolean heard = hasEnded() || handle.getState().isConnected();
        beginEnd();
        boolean closed = connection.awaitClose(deadline);
        if (!heard || !closed) {
            throw errors.endUnconfirmed(id, effectiveTtl);
        }
    }

    /** Closes the connection, which ends the session, without waiting. */
    void beginEnd() {
        ending = true;
        connection.beginClose();
    }

    void awaitEnd(Deadline deadline) {
        connection.awaitClose(deadline);
    }

    /** Whether this client knows already that the session is over. */
    boolean hasEnded() {
        return ending || !handle.getState().isAlive();
    }

    /** Whether nothing is left of it, here or at the server. */
    boolean isOver() {
        if (hasEnded()) {
            beginEnd();
        }
        return hasEnded();
    }

    boolean isIn(ZooKeeperKeys namespace) {
        return keys.root().equals(namespace.root());
    }

    /** The handle never changes; there is no second one on this connection. */
    private void connected(Deadline deadline) {
        if (hasEnded()) {
            throw errors.sessionLost(id);
        }
        connection.connected(deadline);
        if (deadline.expired()) {
            throw errors.late("request in session 0x" + id);
        }
    }
}
