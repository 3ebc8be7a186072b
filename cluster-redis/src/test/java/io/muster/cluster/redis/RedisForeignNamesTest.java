package io.muster.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.testkit.ForeignNamesContract;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RedisForeignNamesTest extends ForeignNamesContract {
    private final LocalServer server =
            SharedServers.get(ServerKind.REDIS).orElseThrow(() -> new TestAbortedException("REDIS is missing"));

    @Override
    protected Backend open() {
        return RedisConfig.at(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @Override
    protected List<String> foreignNames() {
        return List.of("not a key", "u\u0308mlaut", "b/c", "");
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
            assertThat(isThere(name)).isFalse();
        }
        put("list");
        put("number");

        assertThat(names(ListRequest.first(DIRECTORY, 2))).containsExactly("a", "list", "number", "z");
    }

    @Override
    protected void putForeign(String name) {
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
}
