package io.muster.benchmarks.child;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What Redis does at best for jobs that survive the death of a worker: a payload in a hash, its id in a list, on taking a lease in a
 * sorted set, on settling all three gone; a hundred jobs per script, several scripts in flight. Verbs: {@code bulk}, {@code drain},
 * {@code one}, {@code lpush}, {@code latency}, each with MILLIS.
 */
final class RedisCeiling implements Actor {
    private static final int IN_FLIGHT = 8;
    private static final String PREFIX = "{ceiling}:";
    private static final String[] KEYS = {PREFIX + "jobs", PREFIX + "ready", PREFIX + "leases"};

    private static final String ENQUEUE =
            """
            for i = 1, #ARGV, 2 do
              redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
              redis.call('RPUSH', KEYS[2], ARGV[i])
            end
            return #ARGV / 2
            """;
    private static final String CLAIM =
            """
            local ids = redis.call('LPOP', KEYS[2], ARGV[1])
            if not ids then return {} end
            local leases = {}
            for i = 1, #ids do
              leases[i * 2 - 1] = ARGV[2]
              leases[i * 2] = ids[i]
            end
            redis.call('ZADD', KEYS[3], unpack(leases))
            return {ids, redis.call('HMGET', KEYS[1], unpack(ids))}
            """;
    private static final String SETTLE =
            """
            redis.call('ZREM', KEYS[3], unpack(ARGV))
            return redis.call('HDEL', KEYS[1], unpack(ARGV))
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final StatefulRedisConnection<String, String> second;
    private final RedisCommands<String, String> sync;
    private final String enqueue;
    private final String claim;
    private final String settle;
    private final String payload =
            "{\"t\":0,\"hold\":\"\",\"text\":\"" + Payload.plain().text() + "\"}";
    private long nextId;

    RedisCeiling(ChildSettings settings) {
        client = RedisClient.create(RedisURI.create(settings.text("redis")));
        connection = client.connect();
        second = client.connect();
        sync = connection.sync();
        enqueue = sync.scriptLoad(ENQUEUE);
        claim = sync.scriptLoad(CLAIM);
        settle = sync.scriptLoad(SETTLE);
    }

    @Override
    public Map<String, Object> perform(String verb, List<String> words) throws Exception {
        int millis = Integer.parseInt(words.get(0));
        Map<String, Object> answer =
                switch (verb) {
                    case "bulk" -> enqueue(millis, Integer.MAX_VALUE);
                    case "drain" -> drain(millis);
                    case "one" -> Ceiling.loop(1, millis, thread -> this::enqueueOne);
                    case "lpush" -> pipelined(millis);
                    case "latency" -> latency(millis);
                    default -> throw new IllegalArgumentException("this ceiling has no " + verb);
                };
        if (!verb.equals("drain")) {
            sync.del(KEYS);
        }
        return answer;
    }

    private Map<String, Object> enqueue(int millis, int most) throws Exception {
        RedisAsyncCommands<String, String> async = connection.async();
        Deque<RedisFuture<Long>> flying = new ArrayDeque<>();
        long began = System.nanoTime();
        long end = began + TimeUnit.MILLISECONDS.toNanos(millis);
        long count = 0;
        while (System.nanoTime() < end && count < most) {
            flying.add(async.evalsha(enqueue, ScriptOutputType.INTEGER, KEYS, batch()));
            count += Ceiling.BATCH;
            if (flying.size() == IN_FLIGHT) {
                flying.remove().get();
            }
        }
        while (!flying.isEmpty()) {
            flying.remove().get();
        }
        return Producer.pushed(count, System.nanoTime() - began);
    }

    private String[] batch() {
        String[] batch = new String[Ceiling.BATCH * 2];
        for (int i = 0; i < Ceiling.BATCH; i++) {
            batch[i * 2] = "0000000000000000" + nextId++;
            batch[i * 2 + 1] = payload;
        }
        return batch;
    }

    private int enqueueOne() {
        sync.evalsha(enqueue, ScriptOutputType.INTEGER, KEYS, "0000000000000000" + nextId++, payload);
        return 1;
    }

    /** Fills for about the time that draining will take, then drains on two connections. */
    private Map<String, Object> drain(int millis) throws Exception {
        enqueue(millis, Integer.MAX_VALUE);
        List<RedisCommands<String, String>> lines = List.of(sync, second.sync());
        return Ceiling.loop(lines.size(), 0, thread -> () -> {
            RedisCommands<String, String> line = lines.get(thread);
            List<List<String>> claimed = line.evalsha(
                    claim, ScriptOutputType.MULTI, KEYS, Integer.toString(Ceiling.BATCH), Long.toString(nextId));
            if (claimed.isEmpty()) {
                return 0;
            }
            List<String> ids = claimed.get(0);
            line.evalsha(settle, ScriptOutputType.INTEGER, KEYS, ids.toArray(new String[0]));
            return ids.size();
        });
    }

    /** Not reliable, for comparison: one LPUSH per job, flushed per hundred. */
    private Map<String, Object> pipelined(int millis) throws Exception {
        RedisAsyncCommands<String, String> async = second.async();
        second.setAutoFlushCommands(false);
        try {
            return Ceiling.loop(1, millis, thread -> () -> {
                List<Future<Long>> flying = new ArrayList<>();
                for (int i = 0; i < Ceiling.BATCH; i++) {
                    flying.add(async.lpush(KEYS[1], payload));
                }
                second.flushCommands();
                for (Future<Long> pushed : flying) {
                    pushed.get();
                }
                return Ceiling.BATCH;
            });
        } finally {
            second.setAutoFlushCommands(true);
        }
    }

    /** LPUSH to BRPOP, 200 a second. */
    private Map<String, Object> latency(int millis) throws Exception {
        Histogram histogram = new ConcurrentHistogram(3);
        int total = 200 * millis / 1000;
        second.setTimeout(Duration.ofSeconds(30));
        ExecutorService taker = Executors.newSingleThreadExecutor();
        try {
            Future<?> taking = taker.submit(() -> {
                for (int i = 0; i < total; i++) {
                    KeyValue<String, String> popped = second.sync().brpop(10, KEYS[1]);
                    histogram.recordValue(System.nanoTime() - Long.parseLong(popped.getValue()));
                }
            });
            long began = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long due = began + i * TimeUnit.MILLISECONDS.toNanos(5);
                Producer.awaitNanos(due);
                sync.lpush(KEYS[1], Long.toString(due));
            }
            taking.get();
        } finally {
            taker.shutdownNow();
        }
        return Ceiling.latencies(histogram);
    }

    @Override
    public void close() {
        client.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
