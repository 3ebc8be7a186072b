package io.muster.cluster.spi;

import io.muster.cluster.Subscription;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.Optional;

/**
 * The primitives of one coordinator, inside one namespace. A namespace is one atomicity domain.
 *
 * <p><b>Errors</b>, all operations: {@link io.muster.cluster.ClusterUnavailableException} when nothing was applied,
 * {@link io.muster.cluster.OutcomeUnknownException} when a write may have been applied (timed out, connection lost after
 * sending), {@link io.muster.cluster.SessionLostException} when a session named in the call has ended at the server,
 * {@link IllegalArgumentException} when the caller exceeded a limit of {@link #capabilities()}, checked before anything is
 * sent, so that the session is never harmed. An implementation never repeats a write whose outcome is unknown; it may repeat
 * reads. No call outlasts its deadline, also if the server is frozen.
 *
 * <p>Thread-safe. Session renewals must not be delayed by other calls (own connection or priority).
 */
public interface Backend extends AutoCloseable {
    Capabilities capabilities();

    /**
     * Names this line of terms: stays the same as long as the coordinator keeps its data, and differs after it was wiped or
     * replaced (etcd cluster id; elsewhere a random id created in the namespace on first use).
     */
    String identity(Deadline deadline);

    /**
     * Opens a session: this process's proof of life. A TTL below {@link Capabilities#leastSessionTtl()} is raised, see
     * {@link BackendSession#effectiveTtl()}.
     */
    BackendSession openSession(Duration ttl, Deadline deadline);

    /** Applies all writes if all compares hold, else nothing. Linearizable. */
    CommitResult commit(Transaction transaction, Deadline deadline);

    /** The newest committed entry (linearizable); empty if absent or bound to an ended session. */
    Optional<Entry> read(Key key, Deadline deadline);

    /**
     * A page of a directory's direct children in ascending order of their names (compared as ASCII). Linearizable per entry; a consistent
     * snapshot only where {@link Capabilities#snapshotLists()} says so. A directory that never had children is empty.
     */
    Listing list(ListRequest request, Deadline deadline);

    /**
     * Follows a directory's direct children as states: {@link WatchListener#onSnapshot} first and after every gap, changes
     * in between. Intermediate states of a key may be skipped, two keys may swap order, one key never goes back. The end of
     * bound entries when their session ends is seen without being asked for, within the session's expiry bound. Returns
     * before the first snapshot; follows the coordinator through outages until closed.
     */
    Subscription watch(String directory, WatchListener listener);

    /** Sends to all present subscribers of {@code channel} in this namespace, this backend's included, at most once. */
    void publish(String channel, byte[] message, Deadline deadline);

    /** Receives what is published from now on; in order per publishing backend; survives reconnects, announcing gaps. */
    Subscription subscribe(String channel, ChannelListener listener);

    /** Ends all sessions and connections opened here, within five seconds. Idempotent. */
    @Override
    void close();
}
