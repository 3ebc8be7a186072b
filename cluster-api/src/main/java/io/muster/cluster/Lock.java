package io.muster.cluster;

import java.time.Duration;

/** A lock that this node took. Thread-safe. C2 */
public interface Lock extends AutoCloseable {
    String key();

    /** Grows with every new holder of this key, over releases, restarts and sessions; guard your own data with it. */
    long fencingToken();

    /** Whether this node may still believe that it holds the lock, judged now. Advice: a pause may follow; the fencing token guards data. */
    boolean isHeld();

    /** Starts the TTL anew. */
    Renewal renew(Duration ttl);

    /** Gives the lock up. A holder that is not the owner any more changes nothing and is told so. */
    Release release();

    /** Called once, when the lock ended otherwise than by {@link #release}. At once if it has. */
    Subscription onLost(Runnable listener);

    /** As {@link #release}. */
    @Override
    void close();
}
