package io.muster.cluster.consul;

import io.muster.cluster.ClusterException;
import io.muster.cluster.consul.ConsulErrors.Effect;
import io.muster.cluster.time.Deadline;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that keep watched directories from being empty. Consul wakes the query of an empty directory with each write anywhere beside it, since there is
 * nothing in its tree to wait at; a directory with a key in it is left alone.
 *
 * <p>Such a key is bound to a session of this process, so that nothing is left behind, and is no entry: its name is empty. One of any process
 * serves all that watch the directory. All of this saves requests and nothing else: whoever removes the key, or forbids it, does no harm. Thread-safe.
 */
final class ConsulFolders {
    private static final Logger LOG = LoggerFactory.getLogger(ConsulFolders.class);

    private final ConsulKeys keys;
    private final Supplier<Optional<String>> session;
    private volatile boolean forbidden;

    /** @param session one that is not known to have ended, if there is any */
    ConsulFolders(ConsulKeys keys, Supplier<Optional<String>> session) {
        this.keys = keys;
        this.session = session;
    }

    /** Whether it is worth trying. */
    boolean canBeMade() {
        return !forbidden && session.get().isPresent();
    }

    /** The session that the directory's key was bound to just now; empty if there is one already or none can be had. */
    Optional<String> make(String directory, ConsulHttp http, Deadline deadline) {
        Optional<String> owner = forbidden ? Optional.empty() : session.get();
        return owner.filter(
                id -> succeeds(ConsulTransactions.binding(keys.folder(directory), id), directory, http, deadline));
    }

    /** Removes the directory's key, if it is bound to that session. */
    void remove(String directory, String owner, ConsulHttp http, Deadline deadline) {
        boolean unused =
                succeeds(ConsulTransactions.unbinding(keys.folder(directory), owner), directory, http, deadline);
    }

    /** Says nothing if not: who asks next is told what is wrong with the server, and all else is as before. */
    private boolean succeeds(String body, String directory, ConsulHttp http, Deadline deadline) {
        try {
            ConsulHttp.Reply reply = http.put(http.inDatacenter("/v1/txn"), body, Effect.NONE, deadline);
            if (reply.status() == 403 || ConsulErrors.says(reply.body(), "permission denied")) {
                forbidden = true;
                LOG.debug("Empty directories are watched at a higher price: the token cannot write here");
            }
            return reply.status() == 200;
        } catch (ClusterException e) {
            LOG.debug("A watched directory has no key of its own directory={} reason={}", directory, e.getMessage());
            return false;
        }
    }
}
