package io.muster.queue.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.muster.cluster.time.SystemTimeline;
import io.muster.queue.store.Attempt;
import io.muster.queue.store.Exchange;
import io.muster.queue.store.ExchangeReply;
import io.muster.queue.store.Fence;
import io.muster.queue.store.Grant;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Settlement;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisErrors;
import io.muster.servers.Durability;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;

/** Cases about a server of their own, and short words for what they do with a store on it. */
abstract class StoreOnServer {
    static final Duration CALL = Duration.ofMillis(500);
    static final Fence FENCE = new Fence("default", "coordinator", 7);
    static final String QUEUE = "mail";
    static final String POOL = "main";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    <T extends AutoCloseable> T closedLater(T resource) {
        opened.add(0, resource);
        return resource;
    }

    LocalServer server(ServerOptions options) {
        return closedLater(LocalServer.tryStart(ServerKind.REDIS, options)
                .orElseGet(() -> Assumptions.abort("no Redis on this machine")));
    }

    static RedisStoreConfig at(LocalServer server) {
        return at(server.port());
    }

    static RedisStoreConfig at(int port) {
        return RedisStoreConfig.at("127.0.0.1:" + port).withTimeouts(Duration.ofSeconds(5), CALL);
    }

    /** What errors tell a restricted user of the store on this server to ask for. */
    static String rights(LocalServer server) {
        return new RedisErrors(
                        RedisAddress.at("127.0.0.1:" + server.port()),
                        new StoreKeys("shop", 0).accessRules(),
                        StoreFailures.INSTANCE)
                .rights();
    }

    /** For cases about scripts: a server that waits for no disk. */
    LocalServer quickServer() {
        return server(ServerOptions.forTests().withDurability(Durability.PAGE_CACHE));
    }

    /** A store that waits long for its server, with the node n1. */
    RedisStore withNode(LocalServer server) {
        RedisStore store = open(at(server).withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20)));
        admit(store, "n1");
        return store;
    }

    RedisStore open(RedisStoreConfig config) {
        return closedLater(config.open("shop", SystemTimeline.instance()));
    }

    static NewJob job(String id) {
        return NewJob.of(id, QUEUE, "send", id.getBytes(StandardCharsets.UTF_8));
    }

    static List<NewJob> jobs(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> job(prefix + i)).toList();
    }

    static void admit(RedisStore store, String incarnation) {
        store.nodes().admit(IncarnationRecord.admitted(incarnation, "node", Instant.now()), Optional.empty());
    }

    static int assign(RedisStore store, String incarnation, int limit) {
        return store.leader().assign(FENCE, List.of(grant(incarnation, limit))).total();
    }

    static Grant grant(String incarnation, int limit) {
        return new Grant(incarnation, POOL, List.of(QUEUE), Set.of(), limit);
    }

    static Exchange taking(String incarnation, int most, Optional<Set<String>> holding) {
        return new Exchange(incarnation, POOL, List.of(), most, holding);
    }

    static List<Attempt> take(RedisStore store, String incarnation, int most) {
        return store.nodes()
                .exchange(taking(incarnation, most, Optional.empty()))
                .taken();
    }

    static ExchangeReply complete(RedisStore store, List<Attempt> attempts) {
        return store.nodes().exchange(completing(attempts));
    }

    static Exchange completing(List<Attempt> attempts) {
        List<Settlement> settlements = attempts.stream()
                .map(attempt -> Settlement.of(attempt.token(), new Settlement.Completed()))
                .toList();
        return new Exchange(attempts.get(0).token().incarnation(), POOL, settlements, 0, Optional.empty());
    }

    static <T> T ask(LocalServer server, Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(server.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
