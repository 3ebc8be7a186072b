package io.muster.cluster.spi;

import java.time.Duration;
import java.util.Optional;

/** A change made by a {@link Transaction}. At most one write per key and transaction. */
public sealed interface Write {
    Key key();

    /** Creates or overwrites an unbound entry. Overwriting a bound entry is an error of the caller. */
    static Write put(Key key, byte[] value) {
        return new Put(key, value, Optional.empty());
    }

    /**
     * As {@link #put(Key, byte[])}, and the server deletes the entry {@code ttl} after this write, not earlier. Only where
     * {@link Capabilities#writeTtl()}.
     */
    static Write put(Key key, byte[] value, Duration ttl) {
        return new Put(key, value, Optional.of(ttl));
    }

    /** Creates an entry that ends with the session. Create-only: implies {@link Compare#absent}. It has no children. */
    static Write bind(Key key, byte[] value, BackendSession session) {
        return new Bind(key, value, session);
    }

    /** Deletes the entry; no effect if it is absent (compare it if that matters). */
    static Write delete(Key key) {
        return new Delete(key);
    }

    record Put(Key key, byte[] value, Optional<Duration> ttl) implements Write {}

    record Bind(Key key, byte[] value, BackendSession session) implements Write {}

    record Delete(Key key) implements Write {}
}
