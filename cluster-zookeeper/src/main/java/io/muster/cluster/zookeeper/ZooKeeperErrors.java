package io.muster.cluster.zookeeper;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import java.time.Duration;
import java.util.Locale;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/** The only place that knows what ZooKeeper's errors mean for the caller. */
final class ZooKeeperErrors {
    private final ZooKeeperConfig config;

    ZooKeeperErrors(ZooKeeperConfig config) {
        this.config = config;
    }

    /** Nobody answered, and nothing was sent. */
    ClusterException unreachable(Duration waited) {
        return new ClusterUnavailableException("ZooKeeper did not answer within " + waited.toMillis() + " ms at "
                + servers() + "; check that it runs, that host and port are right"
                + (config.tls().isPresent()
                        ? ", that this is its secure client port and that the trust store fits its certificate"
                        : ", and that this is not its secure client port (then write zookeepers://)"));
    }

    ClusterException closed() {
        return new ClusterUnavailableException("This connection to ZooKeeper was closed; nothing was sent");
    }

    /** The deadline passed before anything was sent. */
    ClusterException late(String action) {
        return new ClusterUnavailableException(
                "The time for this call was over before anything was sent to ZooKeeper: " + action);
    }

    /** Every answer said that nothing was applied because others were faster. */
    ClusterException contended() {
        return new ClusterUnavailableException(
                "Others kept changing what this transaction depends on until its time was over; nothing was applied");
    }

    ClusterException interrupted(String action) {
        return new ClusterUnavailableException("Interrupted before anything was sent to ZooKeeper: " + action);
    }

    ClusterException sessionLost(String session) {
        return new SessionLostException("The ZooKeeper session 0x" + session
                + " has ended; everything bound to it is gone, a new session has to be opened");
    }

    ClusterException endUnconfirmed(String session, Duration ttl) {
        return new ClusterUnavailableException("ZooKeeper at " + servers() + " did not confirm the end of session 0x"
                + session + "; it ends by itself within " + ttl.toMillis() + " ms");
    }

    /** A request that changes nothing, or whose repetition does no harm, failed for good. */
    ClusterException reading(String action, KeeperException e) {
        return switch (e.code()) {
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH -> refused(action, e);
            default ->
                new ClusterUnavailableException(
                        "ZooKeeper at " + servers() + " did not answer: " + action + " (" + reason(e) + ")", e);
        };
    }

    /** A write on the connection that outlives sessions failed. */
    ClusterException writing(String action, KeeperException e) {
        return switch (e.code()) {
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH -> refused(action, e);
            case NOTEMPTY -> notOurs(e);
            case SESSIONMOVED, THROTTLEDOP, QUOTAEXCEEDED, NOTREADONLY, UNIMPLEMENTED, BADARGUMENTS ->
                new ClusterUnavailableException(
                        "ZooKeeper at " + servers() + " refused, and nothing was applied: " + action + " (" + reason(e)
                                + ")",
                        e);
            default ->
                new OutcomeUnknownException(
                        "ZooKeeper at " + servers()
                                + " did not say how this ended; it may have been applied, read before"
                                + " repeating it: " + action + " (" + reason(e) + ")",
                        e);
        };
    }

    /** A write on a session's own connection failed. */
    ClusterException writing(String action, String session, KeeperException e) {
        return e.code() == Code.SESSIONEXPIRED ? sessionLost(session) : writing(action, e);
    }

    /** Whether the same request may succeed on the next connection. */
    static boolean isConnectionTrouble(KeeperException e) {
        return switch (e.code()) {
            case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED -> true;
            default -> false;
        };
    }

    private ClusterException refused(String action, KeeperException e) {
        String who = config.digest().isPresent()
                ? "the user " + config.digest().get().user() + " may not do this, or its password is wrong"
                : "it wants a user, and none is configured";
        return new ClusterConfigurationException(
                "ZooKeeper at " + servers() + " answered and refuses: " + action + " (" + reason(e) + "): " + who
                        + ". Set user and password (zookeeper://user:password@host:2181), or grant create, read, write"
                        + " and delete on " + config.chroot(),
                e);
    }

    /** Entries have nothing below them. */
    private ClusterException notOurs(KeeperException e) {
        return new ClusterConfigurationException(
                "ZooKeeper at " + servers() + " cannot remove " + e.getPath()
                        + ", below which there are other nodes: Muster has put nothing there, and nothing was applied."
                        + " Remove it with all that is below (deleteall in zkCli.sh), or take another namespace",
                e);
    }

    private String servers() {
        return String.join(",", config.servers());
    }

    private static String reason(KeeperException e) {
        return e.code().name().toLowerCase(Locale.ROOT);
    }
}
