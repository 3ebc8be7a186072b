package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others put into a directory of the namespace, under names that are no keys of ours, is skipped; all else is there. */
class RedisForeignNamesTest {
    private static final String DIRECTORY = "jobs/high";
    private static final List<String> FOREIGN = List.of("not a key", "u\u0308mlaut", "b/c", "");

    private final String namespace = "foreign-" + UUID.randomUUID();
    private LocalServer server;
    private Backend backend;

    @BeforeEach
    void open() {
        Optional<LocalServer> found = SharedServers.get(ServerKind.REDIS);
        Assumptions.assumeTrue(found.isPresent(), "REDIS is missing");
        server = found.get();
        backend = RedisConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void theyCostNothingElse() throws Exception {
        put("a");
        Seen seen = new Seen();
        backend.watch(DIRECTORY, seen);
        await().atMost(Duration.ofSeconds(20)).until(() -> seen.names.contains("a"));
        for (String name : FOREIGN) {
            putForeign(name);
        }
        put("z");

        await().atMost(Duration.ofSeconds(20)).until(() -> seen.names.contains("z"));
        Seen later = new Seen();
        backend.watch(DIRECTORY, later);
        await().atMost(Duration.ofSeconds(20)).until(() -> later.names.contains("z"));

        assertThat(later.names).containsExactlyInAnyOrder("a", "z");
        assertThat(seen.names).containsExactlyInAnyOrder("a", "z");
        for (int page : List.of(1, 2, 100)) {
            assertThat(names(ListRequest.first(DIRECTORY, page))).containsExactly("a", "z");
            assertThat(names(ListRequest.first(DIRECTORY, page).namesOnly())).containsExactly("a", "z");
        }
        assertThat(backend.read(new Key(DIRECTORY, "z"), soon())).isPresent();
    }

    /** Entries of the wrong type, or with fields missing or wrong, under names that could be ours. */
    @Test
    void wrongTypesAndFieldsCostThatEntryOnly() {
        put("a");
        put("z");
        raw((redis, prefix) -> {
            for (String name : List.of("list", "nothing", "number", "session")) {
                redis.zadd(prefix + ":d:" + DIRECTORY, 0, name);
            }
            String entry = prefix + ":e:" + DIRECTORY + "/";
            redis.rpush(entry + "list", "x");
            redis.hset(entry + "nothing", Map.of("r", "1"));
            redis.hset(entry + "number", Map.of("r", "x", "c", "y", "v", "z"));
            redis.hset(entry + "session", Map.of("r", "1", "c", "1", "v", "z", "x", "never"));
            redis.set(prefix + ":revision", "garbage");
        });

        assertThat(names(ListRequest.first(DIRECTORY, 2))).containsExactly("a", "z");
        for (String name : List.of("list", "nothing", "number", "session")) {
            assertThat(backend.read(new Key(DIRECTORY, name), soon())).isEmpty();
        }
        put("list");
        put("number");

        assertThat(names(ListRequest.first(DIRECTORY, 2))).containsExactly("a", "list", "number", "z");
    }

    private void putForeign(String name) {
        raw((redis, prefix) -> {
            redis.zadd(prefix + ":d:" + DIRECTORY, 0, name);
            redis.hset(prefix + ":e:" + DIRECTORY + "/" + name, Map.of("r", "1", "c", "1", "v", "x"));
            redis.publish(prefix + "@0:w:" + DIRECTORY, name);
        });
    }

    /** Somebody else's commands; told what all keys of the namespace begin with. */
    @FunctionalInterface
    private interface Commands {
        void send(RedisCommands<String, String> redis, String prefix);
    }

    private void raw(Commands commands) {
        try (RedisClient client = RedisClient.create("redis://" + server.host() + ":" + server.port());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            commands.send(connection.sync(), "{muster:" + namespace + "}");
        }
    }

    private List<String> names(ListRequest first) {
        List<String> names = new ArrayList<>();
        ListRequest request = first;
        while (true) {
            Listing page = backend.list(request, soon());
            page.entries().forEach(entry -> names.add(entry.key().name()));
            if (!page.more()) {
                return names;
            }
            request = request.after(names.get(names.size() - 1));
        }
    }

    private void put(String name) {
        backend.commit(
                Transaction.builder()
                        .write(Write.put(new Key(DIRECTORY, name), new byte[] {1}))
                        .build(),
                soon());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), SystemTimeline.instance().ticker());
    }

    private static final class Seen implements WatchListener {
        private final Set<String> names = ConcurrentHashMap.newKeySet();

        @Override
        public void onSnapshot(List<Entry> children) {
            children.forEach(entry -> names.add(entry.key().name()));
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(change -> names.add(change.key().name()));
        }
    }
}
