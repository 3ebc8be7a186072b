package io.muster.cluster.zookeeper;

import io.muster.cluster.ClusterException;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Multi;
import io.muster.cluster.zookeeper.ZooKeeperConnection.Life;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;

/**
 * A ZooKeeper session on a connection of its own, so that bulk data neither delays its heartbeats nor ends it. Bound
 * entries are ephemeral nodes created on its handle.
 */
final class ZooKeeperSession implements BackendSession, ZooKeeperWriter {
    private final ZooKeeperConnection connection;
    private final ZooKeeper handle;
    private final ZooKeeperKeys keys;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;
    private final List<Op> proof;
    private final String id;
    private final Duration effectiveTtl;

    private ZooKeeperSession(
            ZooKeeperConnection connection,
            ZooKeeper handle,
            ZooKeeperKeys keys,
            Timeline timeline,
            ZooKeeperErrors errors) {
        this.connection = connection;
        this.handle = handle;
        this.keys = keys;
        this.timeline = timeline;
        this.errors = errors;
        this.proof = List.of(Op.check(keys.root(), -1));
        this.id = id(handle.getSessionId());
        this.effectiveTtl = Duration.ofMillis(handle.getSessionTimeout());
    }

    static ZooKeeperSession open(
            ZooKeeperConfig config, ZooKeeperKeys keys, Duration ttl, Timeline timeline, Deadline deadline) {
        ZooKeeperConnection connection = new ZooKeeperConnection(config, ttl, Life.ONE_SESSION, timeline).start();
        try {
            ZooKeeper handle = connection.connected(deadline);
            return new ZooKeeperSession(connection, handle, keys, timeline, new ZooKeeperErrors(config));
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
     * Sends a multi that changes nothing. Unlike a read or {@code sync} it is only answered once a quorum has agreed, and
     * the leader refuses it if the session has ended.
     */
    @Override
    public void renew(Deadline deadline) {
        connected(deadline);
        try {
            Multi reply = ZooKeeperCalls.await(ZooKeeperCalls.multi(handle, proof), timeline, deadline);
            if (reply.failed() >= 0) {
                throw KeeperException.create(reply.error(0));
            }
        } catch (KeeperException e) {
            throw e.code() == KeeperException.Code.SESSIONEXPIRED
                    ? errors.sessionLost(id)
                    : errors.reading("renew session 0x" + id, e);
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
        connection.beginClose();
        boolean closed = connection.awaitClose(deadline);
        if (!heard || !closed) {
            throw errors.endUnconfirmed(id, effectiveTtl);
        }
    }

    /** Closes the connection, which ends the session, without waiting. */
    void beginEnd() {
        connection.beginClose();
    }

    void awaitEnd(Deadline deadline) {
        connection.awaitClose(deadline);
    }

    /** Whether this client knows already that the session is over. */
    boolean hasEnded() {
        return !handle.getState().isAlive();
    }

    /** Whether nothing is left of it, here or at the server. */
    boolean isOver() {
        if (hasEnded()) {
            connection.beginClose();
        }
        return hasEnded();
    }

    boolean isIn(ZooKeeperKeys namespace) {
        return keys.equals(namespace);
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
