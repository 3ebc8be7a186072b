package io.muster.queue.redis;

import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreFullException;
import io.muster.queue.store.StoreOutcomeUnknownException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.redis.RedisFailures;
import org.jspecify.annotations.Nullable;

/** The exceptions of a store. */
enum StoreFailures implements RedisFailures {
    INSTANCE;

    @Override
    public StoreUnavailableException unavailable(String message, @Nullable Throwable cause) {
        return cause == null ? new StoreUnavailableException(message) : new StoreUnavailableException(message, cause);
    }

    @Override
    public StoreOutcomeUnknownException unknown(String message, @Nullable Throwable cause) {
        return cause == null
                ? new StoreOutcomeUnknownException(message)
                : new StoreOutcomeUnknownException(message, cause);
    }

    @Override
    public StoreFullException full(String where, String action, String answer, Throwable cause) {
        return new StoreFullException(
                where + " has reached its maxmemory and takes no more jobs; nothing was applied by " + action
                        + ". Workers go on; raise maxmemory or let them drain the queues.",
                cause);
    }

    @Override
    public boolean isOwn(RuntimeException failure) {
        return failure instanceof StoreException;
    }
}
