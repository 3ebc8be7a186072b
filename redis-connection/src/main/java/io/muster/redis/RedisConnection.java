package io.muster.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisErrors.Effect;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection for requests: made by the first call, and again by the first call after it failed, so a call tells at once
 * what is wrong. Two requests in a row without an answer count as a frozen server: the connection is closed and the master
 * looked for anew. A write that was sent is never repeated. Thread-safe; callers wait on their own threads.
 */
public final class RedisConnection implements AutoCloseable {
    private static final int CONNECTS = 3;
    private static final int MOST_TIMEOUTS = 2;
    /** Whoever waited for less than this has learnt nothing about the server. */
    private static final Duration TELLING_WAIT = Duration.ofMillis(100);

    private final RedisConnector connector;
    private final RedisErrors errors;
    private final Timeline timeline;
    private final Runnable onServerLeft;

    @GuardedBy("this")
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> current;

    @GuardedBy("this")
    private int timeouts;

    @GuardedBy("this")
    private boolean closed;

    /** @param onServerLeft called when a server was left because it is frozen or not the master any more; must not block */
    public RedisConnection(RedisConnector connector, RedisErrors errors, Timeline timeline, Runnable onServerLeft) {
        this.connector = connector;
        this.errors = errors;
        this.timeline = timeline;
        this.onServerLeft = onServerLeft;
    }

    /** Connects if it is not. */
    public void open(Deadline deadline) {
        StatefulRedisConnection<byte[], byte[]> unused = connection(deadline);
    }

    /** What is sent, and its answer. */
    @FunctionalInterface
    public interface Request<T> extends Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> {}

    /** Runs a script: by its digest, and by its text only if the server does not know it. */
    public <T> T script(String name, Effect effect, Deadline deadline, Request<T> byDigest, Request<T> byText) {
        try {
            return call(name, effect, deadline, byDigest);
        } catch (RedisNoScriptException unknownThere) {
            return call(name, effect, deadline, byText);
        }
    }

    /**
     * As {@link #script}, without waiting: the answer is waited for by whoever asks for it, once, the deadline at the latest. Scripts that one
     * thread began run in that order unless the connection fails or the server does not know them.
     */
    public <T> Supplier<T> beginScript(
            String name, Effect effect, Deadline deadline, Request<T> byDigest, Request<T> byText) {
        StatefulRedisConnection<byte[], byte[]> connection = connection(deadline);
        CompletableFuture<T> answer;
        try {
            answer = send(connection, byDigest);
        } catch (Broken notSent) {
            discard(connection);
            return () -> script(name, effect, deadline, byDigest, byText);
        }
        return () -> {
            try {
                return receive(connection, answer, name, effect, deadline);
            } catch (RedisNoScriptException unknownThere) {
                return call(name, effect, deadline, byText);
            } catch (Broken e) {
                discard(connection);
                if (e.sent && effect == Effect.WRITES) {
                    throw errors.unanswered(name, effect, e.getCause());
                }
                return script(name, effect, deadline, byDigest, byText);
            }
        };
    }

    /** Sends one request and waits for its answer, the deadline at the latest. */
    public <T> T call(String action, Effect effect, Deadline deadline, Request<T> request) {
        Broken broken = null;
        for (int attempt = 0; attempt < 2; attempt++) {
            StatefulRedisConnection<byte[], byte[]> connection = connection(deadline);
            if (deadline.expired()) {
                throw errors.silent();
            }
            try {
                return receive(connection, send(connection, request), action, effect, deadline);
            } catch (Broken e) {
                discard(connection);
                if (e.sent && effect == Effect.WRITES) {
                    throw errors.unanswered(action, effect, e.getCause());
                }
                broken = e;
            }
        }
        throw broken != null && broken.sent
                ? errors.unanswered(action, effect, broken.getCause())
                : errors.notSent(action, broken);
    }

    /** Sends nothing any more. The connection itself ends with its connector. */
    @Override
    public synchronized void close() {
        closed = true;
        current = null;
    }

    private static <T> CompletableFuture<T> send(StatefulRedisConnection<byte[], byte[]> connection, Request<T> request)
            throws Broken {
        try {
            return request.apply(connection.async()).toCompletableFuture();
        } catch (RedisException e) {
            throw new Broken(e, false);
        }
    }

    private <T> T receive(
            StatefulRedisConnection<byte[], byte[]> connection,
            CompletableFuture<T> answer,
            String action,
            Effect effect,
            Deadline deadline)
            throws Broken {
        Duration wait = deadline.remaining();
        if (!timeline.await(answer, deadline)) {
            answer.cancel(false);
            if (wait.compareTo(TELLING_WAIT) >= 0 && !Thread.currentThread().isInterrupted()) {
                timedOut(connection);
            }
            throw errors.unanswered(action, effect, null);
        }
        try {
            T result = answer.join();
            answered();
            return result;
        } catch (CompletionException | CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (!(cause instanceof RedisCommandExecutionException refusal)) {
                throw new Broken(cause, !RedisErrors.isNotSent(cause));
            }
            answered();
            if (refusal instanceof RedisNoScriptException unknownThere) {
                throw unknownThere;
            }
            if (RedisErrors.isNotTheMaster(refusal)) {
                leave(connection);
            }
            throw errors.refused(action, refusal);
        }
    }

    /**
     * A connection that ended before the server said a word tells nothing: the next one may tell what is wrong. There are two more, since
     * Lettuce may lose an answer with which a connection ends.
     */
    private StatefulRedisConnection<byte[], byte[]> connection(Deadline deadline) {
        for (int left = CONNECTS - 1; ; left--) {
            try {
                return connected(deadline);
            } catch (CompletionException | CancellationException e) {
                if (left == 0 || !RedisErrors.isHungUp(e)) {
                    throw errors.connecting(e);
                }
            }
        }
    }

    private StatefulRedisConnection<byte[], byte[]> connected(Deadline deadline) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt = attempt();
        if (!timeline.await(attempt, deadline)) {
            throw errors.silent();
        }
        return attempt.join();
    }

    private synchronized CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt() {
        if (closed) {
            throw errors.closed();
        }
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt = current;
        if (attempt == null || isUseless(attempt)) {
            if (attempt != null && !attempt.isCompletedExceptionally()) {
                RedisConnector.giveUp(attempt.join());
            }
            attempt = connector.connect();
            current = attempt;
            timeouts = 0;
        }
        return attempt;
    }

    private static boolean isUseless(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt) {
        return attempt.isDone()
                && (attempt.isCompletedExceptionally() || !attempt.join().isOpen());
    }

    private synchronized void answered() {
        timeouts = 0;
    }

    private void timedOut(StatefulRedisConnection<byte[], byte[]> connection) {
        boolean frozen;
        synchronized (this) {
            timeouts++;
            frozen = timeouts >= MOST_TIMEOUTS;
        }
        if (frozen) {
            leave(connection);
        }
    }

    private void leave(StatefulRedisConnection<byte[], byte[]> connection) {
        discard(connection);
        onServerLeft.run();
    }

    private void discard(StatefulRedisConnection<byte[], byte[]> connection) {
        synchronized (this) {
            if (current == null
                    || !current.isDone()
                    || current.isCompletedExceptionally()
                    || !current.join().equals(connection)) {
                return;
            }
            current = null;
            timeouts = 0;
        }
        RedisConnector.giveUp(connection);
    }

    /** The connection failed, before or after the request was sent. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean sent;

        Broken(Throwable cause, boolean sent) {
            super(cause);
            this.sent = sent;
        }
    }
}
