package io.muster.cluster.redis;

import static io.muster.cluster.redis.Primitives.bytes;
import static io.muster.cluster.redis.Primitives.commit;
import static io.muster.cluster.redis.Primitives.soon;
import static io.muster.cluster.redis.Primitives.text;
import static io.muster.cluster.redis.Primitives.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Redis and Lettuce do differently from the other coordinators, on a real server of its own. */
class RedisBackendTest {
    private static LocalServer server;

    private final String namespace = "t" + UUID.randomUUID();

    @BeforeAll
    static void startServer() {
        server = LocalServer.tryStart(ServerKind.REDIS, ServerOptions.forTests())
                .orElseGet(() -> Assumptions.abort("no Redis server"));
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void commitsReadsAndLists() {
        try (Backend backend = open(server.port())) {
            Key a = new Key("jobs/high", "a");
            Key b = new Key("jobs/high", "b");
            Committed first = commit(backend, Write.put(a, bytes("1")), Write.put(b, bytes("2")));

            assertThat(backend.read(a, soon()).orElseThrow().created()).isEqualTo(first.revision());
            assertThat(text(backend.read(a, soon()).orElseThrow())).isEqualTo("1");
            assertThat(backend.commit(
                            Transaction.builder()
                                    .require(Compare.absent(a))
                                    .require(Compare.present(b))
                                    .require(Compare.unchanged(b, new Version(1, 0)))
                                    .write(Write.delete(b))
                                    .build(),
                            soon()))
                    .isEqualTo(new CommitResult.Conflict(Set.of(a, b)));
            Committed second = commit(backend, Write.put(a, bytes("3")));
            assertThat(second.revision()).isGreaterThan(first.revision());
            assertThat(backend.read(a, soon()).orElseThrow().created()).isEqualTo(first.revision());
            Listing page = backend.list(ListRequest.first("jobs/high", 1), soon());
            assertThat(page.entries()).extracting(Entry::key).containsExactly(a);
            assertThat(page.more()).isTrue();
            page = backend.list(ListRequest.first("jobs/high", 10).after("a").namesOnly(), soon());
            assertThat(page.entries()).extracting(Entry::key).containsExactly(b);
            assertThat(page.more()).isFalse();
            commit(backend, Write.delete(a), Write.delete(b));
            assertThat(backend.read(a, soon())).isEmpty();
            assertThat(backend.list(ListRequest.first("jobs/high", 10), soon()).entries())
                    .isEmpty();
        }
    }

    @Test
    void bindsToSessionsAndTellsWatchersOfTheirEnd() throws Exception {
        try (Backend backend = open(server.port());
                Backend other = open(server.port())) {
            Watched watched = new Watched();
            other.watch("members", watched);
            assertThat(watched.next()).isEqualTo("all:");
            BackendSession session = backend.openSession(Duration.ofMillis(500), soon());
            Key key = new Key("members", "n1");
            commit(backend, Write.bind(key, bytes("x"), session));
            assertThat(watched.next()).isEqualTo("n1=x");
            long begun = System.nanoTime();
            session.renew(soon());
            assertThat(watched.next()).isEqualTo("n1 gone");
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThat(millis).isBetween(500L, 1_500L);
            assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
            assertThatThrownBy(() -> commit(backend, Write.bind(key, bytes("x"), session)))
                    .isInstanceOf(SessionLostException.class);
            BackendSession second = backend.openSession(Duration.ofSeconds(5), soon());
            commit(backend, Write.bind(key, bytes("y"), second));
            assertThat(watched.next()).isEqualTo("n1=y");
            assertThatThrownBy(() -> commit(backend, Write.put(key, bytes("z"))))
                    .isInstanceOf(IllegalArgumentException.class);
            second.end(soon());
            assertThat(watched.next()).isEqualTo("n1 gone");
            commit(backend, Write.put(key, bytes("t"), Duration.ofMillis(200)));
            assertThat(watched.next()).isEqualTo("n1=t");
            assertThat(watched.next()).isEqualTo("n1 gone");
        }
    }

    @Test
    void messagesArriveInOrderAndAGapIsAnnounced() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server);
                Backend backend = open(proxy.port());
                Backend other = open(server.port())) {
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            backend.subscribe("c", into(received));
            for (int i = 0; i < 3; i++) {
                other.publish("c", bytes("m" + i), soon());
            }
            for (int i = 0; i < 3; i++) {
                assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("m" + i);
            }
            proxy.cut();
            proxy.heal();
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("gap");
            backend.publish("c", bytes("n"), soon());
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("n");
        }
    }

    @Test
    void aWriteWithoutAnswerIsUnknownAndNotRepeated() {
        try (TcpProxy proxy = TcpProxy.to(server);
                Backend backend = open(proxy.port());
                Backend other = open(server.port())) {
            Key key = new Key("d", "k");
            proxy.swallowReplies();
            assertThatThrownBy(() -> backend.commit(
                            Transaction.builder()
                                    .write(Write.put(key, bytes("1")))
                                    .build(),
                            within(400)))
                    .isInstanceOf(OutcomeUnknownException.class);
            Entry found = other.read(key, soon()).orElseThrow();
            proxy.heal();
            await().ignoreExceptionsInstanceOf(ClusterUnavailableException.class)
                    .untilAsserted(() -> assertThat(
                                    backend.read(key, within(500)).orElseThrow().version())
                            .isEqualTo(found.version()));
        }
    }

    @Test
    void aFrozenServerIsLeftAfterTwoTimeouts() throws Exception {
        try (LocalServer frozen = LocalServer.start(ServerKind.REDIS);
                TcpProxy proxy = TcpProxy.to(frozen);
                Backend backend = open(proxy.port())) {
            Watched watched = new Watched();
            backend.watch("d", watched);
            assertThat(watched.next()).isEqualTo("all:");
            long before = proxy.traffic().connections();
            frozen.freeze();
            for (int i = 0; i < 3; i++) {
                long begun = System.nanoTime();
                assertThatThrownBy(() -> backend.read(new Key("d", "k"), within(300)))
                        .isInstanceOf(ClusterUnavailableException.class);
                assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_000));
            }
            assertThat(proxy.traffic().connections()).isGreaterThan(before);
            frozen.thaw();
            commit(backend, Write.put(new Key("d", "k"), bytes("v")));
            assertThat(watched.nextMatching("k=v")).contains("k=v");
            frozen.kill();
            assertThatThrownBy(() -> commit(backend, Write.put(new Key("d", "l"), bytes("v"))))
                    .isInstanceOf(ClusterException.class);
            frozen.restart();
            commit(backend, Write.put(new Key("d", "l"), bytes("v")));
            assertThat(watched.nextMatching("l=v")).contains("l=v");
        }
    }

    private Backend open(int port) {
        return RedisConfig.at("127.0.0.1:" + port).open(namespace, SystemTimeline.instance());
    }

    private static ChannelListener into(BlockingQueue<String> received) {
        return new ChannelListener() {
            @Override
            public void onMessage(byte[] message) {
                received.add(new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void onGap() {
                received.add("gap");
            }
        };
    }

    /** Writes what it is told as lines. */
    private static final class Watched implements WatchListener {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public void onSnapshot(List<Entry> children) {
            told.add("all:"
                    + String.join(",", children.stream().map(Watched::line).toList()));
        }

        @Override
        public void onChanges(List<Change> changes) {
            for (Change change : changes) {
                told.add(change.entry().map(Watched::line).orElse(change.key().name() + " gone"));
            }
        }

        private static String line(Entry entry) {
            return entry.key().name() + "=" + text(entry);
        }

        String next() throws InterruptedException {
            String line = told.poll(5, TimeUnit.SECONDS);
            return line == null ? "nothing" : line;
        }

        String nextMatching(String wanted) throws InterruptedException {
            List<String> seen = new ArrayList<>();
            for (String line = next(); !line.equals("nothing"); line = next()) {
                seen.add(line);
                if (line.contains(wanted)) {
                    return line;
                }
            }
            return "only " + seen;
        }
    }
}
