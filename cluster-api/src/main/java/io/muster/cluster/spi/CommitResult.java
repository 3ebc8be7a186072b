package io.muster.cluster.spi;

import java.util.Map;
import java.util.Set;

/** How a transaction ended at the server. */
public sealed interface CommitResult {
    /**
     * All writes are applied.
     *
     * @param revision number of the namespace given to this transaction: larger than that of every transaction committed
     *     before it, and equal to {@link Entry#created()} of what it created. Where {@link Capabilities#fence()} is best
     *     effort, a failover of the server may break the order of what it lost
     * @param versions the new version of each key put or bound
     */
    record Committed(long revision, Map<Key, Version> versions) implements CommitResult {
        public Committed {
            versions = Map.copyOf(versions);
        }

        /** The new version of a key that this transaction put or bound. */
        public Version version(Key key) {
            Version version = versions.get(key);
            if (version == null) {
                throw new IllegalArgumentException("Not written by this transaction: " + key);
            }
            return version;
        }
    }

    /**
     * Nothing is applied.
     *
     * @param keys keys whose compare did not hold: at least one, not necessarily all
     */
    record Conflict(Set<Key> keys) implements CommitResult {
        public Conflict {
            keys = Set.copyOf(keys);
        }
    }
}
