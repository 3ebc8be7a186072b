package io.muster.queue.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.StoreException;
import io.muster.queue.store.StoreUnavailableException;
import io.muster.redis.RedisConnection;
import io.muster.redis.RedisErrors;
import io.muster.redis.RedisErrors.Effect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs the store's scripts: puts the prefixes before their arguments, bounds each call, keeps the count of writes. Thread-safe. */
final class Server {
    private final RedisConnection connection;
    private final StoreKeys keys;
    private final WriteCount writes;
    private final Timeline timeline;
    private final Duration callTimeout;
    private final Tables tables;

    Server(RedisConnection connection, StoreKeys keys, WriteCount writes, Timeline timeline, Duration callTimeout) {
        this.connection = connection;
        this.keys = keys;
        this.writes = writes;
        this.timeline = timeline;
        this.callTimeout = callTimeout;
        this.tables = new Tables(this::mend, timeline, new String(keys.prefix(), StandardCharsets.UTF_8) + ":");
    }

    /** The deadline of one call of the SPI, which may be several of the server. */
    Deadline deadline() {
        return Deadline.after(callTimeout, timeline.ticker());
    }

    /** Runs a script that changes nothing. */
    List<?> read(StoreScripts script, Deadline deadline, Object... arguments) {
        List<byte[][]> runs = List.<byte[][]>of(bytes(arguments));
        return guarded(Effect.READS, deadline, () -> run(script, Effect.READS, deadline, runs))
                .get(0);
    }

    /** Runs a script whose answer begins with the count of writes, or with a negative number if it refused. */
    List<?> write(StoreScripts script, Deadline deadline, Object... arguments) {
        return write(script, deadline, List.<byte[][]>of(bytes(arguments))).get(0);
    }

    /** As {@link #write(StoreScripts, Deadline, Object...)}, several times in a row without waiting in between. */
    List<List<?>> write(StoreScripts script, Deadline deadline, List<byte[][]> runs) {
        List<List<?>> answers = guarded(Effect.WRITES, deadline, () -> run(script, Effect.WRITES, deadline, runs));
        answers.forEach(answer -> writes.seen((Long) answer.get(0)));
        return answers;
    }

    /** As {@link #write(StoreScripts, Deadline, Object...)}; the answer is waited for by whoever asks for it. */
    Supplier<List<?>> begin(StoreScripts script, Deadline deadline, Object... arguments) {
        byte[][] run = bytes(arguments);
        Supplier<List<?>> begun = guarded(
                Effect.WRITES,
                deadline,
                () -> connection.beginScript(
                        script.name(),
                        Effect.WRITES,
                        deadline,
                        redis -> evalsha(redis, script, run),
                        redis -> eval(redis, script, run)));
        return () -> {
            List<?> answer = guarded(Effect.WRITES, deadline, begun);
            writes.seen((Long) answer.get(0));
            return answer;
        };
    }

    /** Arguments of one run: texts, numbers and bytes, with the prefixes before them. */
    byte[][] bytes(Object... arguments) {
        List<byte[]> all = new ArrayList<>(arguments.length + 2);
        all.add(keys.prefix());
        all.add(keys.channelPrefix());
        for (Object argument : arguments) {
            all.add(argument instanceof byte[] raw ? raw : StoreKeys.bytes(argument.toString()));
        }
        return all.toArray(byte[][]::new);
    }

    /**
     * Runs a script several times, one run directly after the other, without waiting in between. If some runs fail, the first
     * failure is thrown; others may have been applied.
     */
    private List<List<?>> run(StoreScripts script, Effect effect, Deadline deadline, List<byte[][]> runs) {
        return connection.script(
                script.name(),
                effect,
                deadline,
                redis -> all(runs, arguments -> evalsha(redis, script, arguments)),
                redis -> all(runs, arguments -> eval(redis, script, arguments)));
    }

    private static CompletableFuture<List<?>> evalsha(
            RedisAsyncCommands<byte[], byte[]> redis, StoreScripts script, byte[][] arguments) {
        return redis.<List<?>>evalsha(script.digest(), ScriptOutputType.MULTI, script.keys(arguments), arguments)
                .toCompletableFuture();
    }

    private static CompletableFuture<List<?>> eval(
            RedisAsyncCommands<byte[], byte[]> redis, StoreScripts script, byte[][] arguments) {
        return redis.<List<?>>eval(script.text(), ScriptOutputType.MULTI, script.keys(arguments), arguments)
                .toCompletableFuture();
    }

    private static CompletableFuture<List<List<?>>> all(
            List<byte[][]> runs, Function<byte[][], CompletableFuture<List<?>>> run) {
        List<CompletableFuture<List<?>>> answers = runs.stream().map(run).toList();
        if (answers.size() == 1) {
            return answers.get(0).thenApply(List::of);
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        answers.stream().<List<?>>map(CompletableFuture::join).toList());
    }

    /** After the store was opened, a refusal for reasons of configuration is one that a call of the SPI can name. */
    private <T> T guarded(Effect effect, Deadline deadline, Supplier<T> call) {
        try {
            return call.get();
        } catch (ClusterConfigurationException refused) {
            throw RedisErrors.isOfAnotherType(refused)
                    ? tables.refused(refused, effect, deadline)
                    : unavailable(refused);
        }
    }

    private List<?> mend(String cursor) {
        return run(StoreScripts.MEND, Effect.READS, deadline(), List.<byte[][]>of(bytes(cursor)))
                .get(0);
    }

    private static StoreException unavailable(ClusterConfigurationException refused) {
        return new StoreUnavailableException(String.valueOf(refused.getMessage()), refused);
    }
}
