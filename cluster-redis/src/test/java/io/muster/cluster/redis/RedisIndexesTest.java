package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** Somebody has put a key of another type where the index of a directory stands; the entries are still there. */
class RedisIndexesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LocalServer server =
            SharedServers.get(ServerKind.REDIS).orElseThrow(() -> new TestAbortedException("REDIS is missing"));
    private final String namespace = "index-" + UUID.randomUUID();
    private final String prefix = "{muster:" + namespace + "}";
    private final String directory = "jobs/high";
    private final String index = prefix + ":d:" + directory;
    private final RedisClient client = RedisClient.create("redis://" + server.host() + ":" + server.port());
    private final StatefulRedisConnection<String, String> connection = client.connect();
    private final RedisCommands<String, String> redis = connection.sync();
    private Backend backend;

    @BeforeEach
    void open() {
        backend = RedisConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @AfterEach
    void close() {
        backend.close();
        connection.close();
        client.shutdown();
    }

    /** Nodes that are not listed would count as lost: all of them are, from the first answer on. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itIsMadeAnewFromTheEntries(boolean byReading) {
        List<String> names = IntStream.range(100, 150).mapToObj(i -> "a" + i).toList();
        names.forEach(this::put);
        redis.hset(prefix + ":e:" + directory + "/below/b", Map.of("r", "1", "c", "1", "v", "x"));
        manyOthers();
        spoil(index);

        if (!byReading) {
            put("b");
        }

        assertThat(names().subList(0, 50)).isEqualTo(names);
        assertThat(names()).hasSize(byReading ? 50 : 51).doesNotContain("below/b");
        put("z");
        assertThat(names()).endsWith("z");
        assertThat(redis.get(prefix + ":unreadable:d:" + directory)).isEqualTo("no index");
        assertThat(redis.exists(prefix + ":rebuilt:" + directory)).isZero();
    }

    @Test
    void aTransactionThatIsRefusedForItHasWrittenNothingAndIsRepeatedWhole() {
        put("a");
        spoil(prefix + ":d:second");
        long before = revision();

        CommitResult committed = commit(Transaction.builder()
                .write(Write.put(new Key(directory, "one"), new byte[] {1}))
                .write(Write.put(new Key("second", "two"), new byte[] {2})));

        assertThat(committed).isInstanceOfSatisfying(CommitResult.Committed.class, done -> assertThat(done.revision())
                .isGreaterThan(before));
        assertThat(names()).containsExactly("a", "one");
        assertThat(backend.list(ListRequest.first("second", 10), soon()).entries())
                .singleElement()
                .extracting(entry -> entry.key().name())
                .isEqualTo("two");
    }

    /** By the script alone, before anybody mends it. */
    @Test
    void theScriptWritesNothingBesideAnIndexOfAnotherType() {
        spoil(prefix + ":d:second");
        String[] arguments = {
            prefix, prefix + "@0", "0", "p", directory, "one", "x", "", "p", "second", "two", "x", "",
        };

        assertThat(failureOf(() -> redis.eval(
                        RedisScripts.COMMIT.text(),
                        ScriptOutputType.MULTI,
                        new String[] {prefix + ":revision"},
                        arguments)))
                .contains("WRONGTYPE");

        assertThat(redis.keys(prefix + ":e:*")).isEmpty();
        assertThat(redis.exists(index, prefix + ":revision")).isZero();
    }

    /** All processes of a cluster meet it at once, and only one of them makes it anew. */
    @Test
    void noneOfSeveralThatMeetItAtOnceIsRefused() {
        List<Backend> others = IntStream.range(0, 3)
                .mapToObj(i ->
                        RedisConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance()))
                .toList();
        put("a");
        try {
            for (int round = 0; round < 20; round++) {
                spoil(index);
                List<CompletableFuture<Integer>> listed = others.stream()
                        .map(other -> CompletableFuture.supplyAsync(
                                () -> other.list(ListRequest.first(directory, 10), soon())
                                        .entries()
                                        .size(),
                                task -> SystemTimeline.instance().start("lists", task)))
                        .toList();
                assertThat(listed).allSatisfy(answer -> assertThat(answer.get(20, TimeUnit.SECONDS))
                        .isEqualTo(1));
            }
        } finally {
            others.forEach(Backend::close);
        }
    }

    /** A script that ends in its midst may have written something: it is not run once more. */
    @Test
    void whatIsRefusedForAnotherKeyIsNotRepeated() {
        RedisIndexes indexes = new RedisIndexes(
                (name, cursor) -> new RedisIndexes.Step("0", RedisIndexes.Did.NOTHING), SystemTimeline.instance());
        spoil(prefix + ":due");
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() -> indexes.whole(List.of(directory), soon(), () -> {
                    calls.incrementAndGet();
                    return commit(Transaction.builder()
                            .write(Write.put(new Key(directory, "b"), new byte[] {1}, Duration.ofMinutes(1))));
                }))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("WRONGTYPE");

        assertThat(calls).hasValue(1);
    }

    /** Its cursor means nothing to a server that has taken over: entries would be passed over, and nodes that are not listed count as lost. */
    @Test
    void aCursorOfAnotherServerIsNotGoneOnWith() {
        List<String> names = IntStream.range(100, 150).mapToObj(i -> "a" + i).toList();
        names.forEach(this::put);
        manyOthers();
        spoil(index);
        List<?> step = reindex("0");
        String cursor = text(step);
        assertThat(cursor).contains("@");
        redis.del(prefix + ":rebuilt:" + directory);

        step = reindex(cursor.split("@", 2)[0] + "@0123456789");
        while (!text(step).equals("0")) {
            step = reindex(text(step));
        }

        assertThat(redis.zrange(index, 0, -1)).isEqualTo(names);
    }

    private List<?> reindex(String cursor) {
        return redis.eval(
                RedisScripts.REINDEX.text(),
                ScriptOutputType.MULTI,
                new String[] {index},
                prefix,
                prefix + "@0",
                directory,
                cursor);
    }

    private static String text(List<?> step) {
        return String.valueOf(step.get(0));
    }

    /** What a session left must not come back with the next index. */
    @Test
    void theEndOfASessionIsNotHinderedByIt() {
        BackendSession session = backend.openSession(Duration.ofSeconds(20), soon());
        commit(Transaction.builder()
                .write(Write.bind(new Key(directory, "bound"), new byte[] {1}, session))
                .write(Write.bind(new Key("other", "bound"), new byte[] {1}, session)));
        spoil(index);

        session.end(soon());

        assertThat(redis.exists(
                        prefix + ":e:" + directory + "/bound",
                        prefix + ":e:other/bound",
                        prefix + ":b:" + session.id()))
                .isZero();
        assertThat(names()).isEmpty();
    }

    @Test
    void whoWatchesHearsOfAllThatComesLater() {
        List<String> seen = new CopyOnWriteArrayList<>();
        put("a");
        spoil(index);
        backend.watch(directory, new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                children.forEach(entry -> seen.add(entry.key().name()));
            }

            @Override
            public void onChanges(List<Change> changes) {
                changes.forEach(change -> seen.add(change.key().name()));
            }
        });
        await().atMost(PATIENCE).until(() -> seen.contains("a"));

        put("b");

        await().atMost(PATIENCE).until(() -> seen.contains("b"));
    }

    private void spoil(String key) {
        redis.del(key);
        redis.set(key, "no index");
    }

    /** More than one run of the script looks at. */
    private void manyOthers() {
        Map<String, String> others = new HashMap<>();
        IntStream.range(0, 5_000).forEach(i -> others.put("other-" + namespace + "-" + i, "x"));
        redis.mset(others);
        others.keySet().forEach(key -> redis.expire(key, 60));
    }

    private long revision() {
        return Long.parseLong(redis.get(prefix + ":revision"));
    }

    private void put(String name) {
        CommitResult unused = commit(Transaction.builder().write(Write.put(new Key(directory, name), new byte[] {1})));
    }

    private CommitResult commit(Transaction.Builder transaction) {
        return backend.commit(transaction.build(), soon());
    }

    private List<String> names() {
        return backend.list(ListRequest.first(directory, 200), soon()).entries().stream()
                .map(entry -> entry.key().name())
                .toList();
    }

    private static String failureOf(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
        return "none";
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), SystemTimeline.instance().ticker());
    }
}
