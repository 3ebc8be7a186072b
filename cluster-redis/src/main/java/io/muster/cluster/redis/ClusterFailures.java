package io.muster.cluster.redis;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.redis.RedisFailures;
import org.jspecify.annotations.Nullable;

/** The exceptions of a cluster. */
enum ClusterFailures implements RedisFailures {
    INSTANCE;

    @Override
    public ClusterUnavailableException unavailable(String message, @Nullable Throwable cause) {
        return cause == null
                ? new ClusterUnavailableException(message)
                : new ClusterUnavailableException(message, cause);
    }

    @Override
    public OutcomeUnknownException unknown(String message, @Nullable Throwable cause) {
        return cause == null ? new OutcomeUnknownException(message) : new OutcomeUnknownException(message, cause);
    }

    @Override
    public ClusterUnavailableException full(String where, String action, String answer, Throwable cause) {
        return unavailable(where + " cannot serve " + action + " now: " + answer, cause);
    }

    @Override
    public boolean isOwn(RuntimeException failure) {
        return failure instanceof ClusterException;
    }
}
