package io.muster.redis;

import org.jspecify.annotations.Nullable;

/** Makes the exceptions that the callers of a module expect. Wrong settings are a ClusterConfigurationException to all of them. */
public interface RedisFailures {
    /** Nothing was applied. */
    RuntimeException unavailable(String message, @Nullable Throwable cause);

    /** It may have been applied. */
    RuntimeException unknown(String message, @Nullable Throwable cause);

    /**
     * The server has no memory left; nothing was applied.
     *
     * @param where names the server
     * @param answer what it said
     */
    RuntimeException full(String where, String action, String answer, Throwable cause);

    /** Whether this exception is one of those above. */
    boolean isOwn(RuntimeException failure);
}
