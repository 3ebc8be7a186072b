package io.muster.cluster.redis;

import static io.muster.cluster.redis.Primitives.bytes;
import static io.muster.cluster.redis.Primitives.commit;
import static io.muster.cluster.redis.Primitives.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.SystemTimeline;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisAddress.Credentials;
import io.muster.redis.RedisAddress.Secret;
import io.muster.redis.RedisErrors;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisUsers;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import io.muster.servers.TestSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a server does not allow, and how that is said. */
@Tag("C6")
class RedisRefusalTest {
    private static final String NAMESPACE = "refusals";
    private static final String PASSWORD = TestSecrets.PASSWORD;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void aPasswordIsAskedForAndAWrongOneRefused() {
        RedisConfig config = at(server(ServerOptions.forTests().withSecret(PASSWORD)));

        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("redis://user:password@host");
        assertThatThrownBy(() -> open(config.withPassword("wrong")))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("refuses the credentials")
                .hasMessageNotContaining("wrong");
        assertThat(open(config.withPassword(PASSWORD)).identity(soon())).isNotEmpty();
    }

    /** More than once, since the end of a connection shows in different ways, depending on how far it got. */
    @RepeatedTest(10)
    void aServerThatHangsUpIsAskedAgainWhatIsWrong() throws Exception {
        CompletableFuture<Void> ended;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ended = CompletableFuture.runAsync(() -> hangUpThenRefuse(server), RedisRefusalTest::onItsOwnThread);

            assertThatThrownBy(() -> open(
                            RedisConfig.at("127.0.0.1:" + server.getLocalPort()).withPassword(PASSWORD)))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("refuses the credentials");
        }
        assertThat(ended).succeedsWithin(Duration.ofSeconds(5));
    }

    /** Not in the common pool, which has a single thread on two cores, that clients need too. */
    private static void onItsOwnThread(Runnable task) {
        Thread thread = new Thread(task, "own");
        thread.setDaemon(true);
        thread.start();
    }

    private static void hangUpThenRefuse(ServerSocket server) {
        try {
            server.accept().close();
            while (!server.isClosed()) {
                refuse(server);
            }
        } catch (IOException e) {
            assertThat(server.isClosed()).as("closed at the end").isTrue();
        }
    }

    private static void refuse(ServerSocket server) throws IOException {
        try (Socket connection = server.accept()) {
            assertThat(connection.getInputStream().read()).isEqualTo('*');
            connection
                    .getOutputStream()
                    .write("-WRONGPASS invalid username-password pair\r\n".getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().readAllBytes();
        }
    }

    @Test
    void aDatabaseThatDoesNotExistIsNamed() {
        RedisConfig config = at(server(ServerOptions.forTests()));

        assertThatThrownBy(() -> open(config.withDatabase(99)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("database");
    }

    @Test
    void aServerThatMayEvictKeysIsRefusedNamingThePolicyToSet() {
        RedisConfig config = at(server(with("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")));

        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("allkeys-lru")
                .hasMessageContaining("maxmemory-policy noeviction");
    }

    @Test
    void aServerWithoutMemoryLimitMayHaveAnyPolicy() {
        assertThat(open(at(server(with("--maxmemory-policy", "allkeys-lru")))).identity(soon()))
                .isNotEmpty();
    }

    @Test
    void aReplicaIsRefused() {
        LocalServer master = server(ServerOptions.forTests());
        LocalServer replica = server(with("--replicaof", "127.0.0.1", Integer.toString(master.port())));

        assertThatThrownBy(() -> open(at(replica)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("replica");
    }

    @Test
    void nobodyListensOrAnswers() {
        assertThatThrownBy(() -> open(RedisConfig.at("127.0.0.1:1"))).isInstanceOf(ClusterUnavailableException.class);
        TcpProxy proxy = TcpProxy.to(server(ServerOptions.forTests()));
        opened.add(proxy);
        proxy.blackhole();
        long begun = System.nanoTime();

        assertThatThrownBy(() ->
                        open(RedisConfig.at("127.0.0.1:" + proxy.port()).withConnectTimeout(Duration.ofMillis(500))))
                .isInstanceOf(ClusterUnavailableException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(1_500));
    }

    @Test
    void aUserWithTheRightsThatErrorsNameCanDoEverything() {
        RedisKeys keys = new RedisKeys(NAMESPACE, 0);
        LocalServer server = server(ServerOptions.forTests());
        RedisErrors errors = new RedisErrors(
                RedisAddress.at("127.0.0.1:" + server.port()), keys.accessRules(), ClusterFailures.INSTANCE);
        RedisUsers.restrict(server, errors.rights());
        Backend backend = open(at(server).withCredentials(app()));
        Key key = new Key("d", "k");

        BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());
        commit(backend, Write.bind(key, bytes("x"), session));
        session.renew(soon());
        session.end(soon());
        commit(backend, Write.put(key, bytes("x"), Duration.ofSeconds(5)));

        assertThat(backend.read(key, soon())).isPresent();
    }

    @Test
    void missingRightsAreSaidWhenOpening() {
        RedisKeys keys = new RedisKeys(NAMESPACE, 0);
        String[] rules = keys.accessRules().split(" ", -1);
        LocalServer server = server(ServerOptions.forTests());
        List<String> lacking = List.of(
                "+@all " + rules[0] + " resetchannels", "+@all resetkeys " + rules[1], "+@all -@scripting ~* &*");

        for (String user : lacking) {
            RedisUsers.restrict(server, user);
            assertThatThrownBy(() -> open(at(server).withCredentials(app())))
                    .isInstanceOf(ClusterConfigurationException.class)
                    .hasMessageContaining("user app")
                    .hasMessageContaining(keys.accessRules())
                    .hasMessageNotContaining(PASSWORD);
        }
    }

    @Test
    void aFullServerRefusesWritesButSessionsLiveOnAndSpaceCanBeMade() {
        Backend backend = open(at(server(with("--maxmemory", "8mb", "--maxmemory-policy", "noeviction"))));
        BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());
        Key bound = new Key("d", "bound");
        commit(backend, Write.bind(bound, bytes("x"), session));
        List<Key> written = new ArrayList<>();

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        Key key = new Key("big", "k" + i);
                        commit(backend, Write.put(key, new byte[400_000]));
                        written.add(key);
                    }
                })
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("OOM");

        session.renew(soon());
        assertThat(backend.read(new Key("big", "k" + written.size()), soon())).isEmpty();
        assertThat(backend.read(bound, soon())).isPresent();
        written.forEach(key -> commit(backend, Write.delete(key)));
        commit(backend, Write.put(new Key("big", "again"), bytes("x")));
        session.end(soon());
        assertThat(backend.read(bound, soon())).isEmpty();
    }

    private static Credentials app() {
        return new Credentials(Optional.of(RedisUsers.RESTRICTED), Optional.of(new Secret(PASSWORD)));
    }

    private static ServerOptions with(String... arguments) {
        return ServerOptions.forTests().withExtraArguments(arguments);
    }

    private static RedisConfig at(LocalServer server) {
        return RedisConfig.at(server.host() + ":" + server.port());
    }

    private LocalServer server(ServerOptions options) {
        LocalServer server =
                LocalServer.tryStart(ServerKind.REDIS, options).orElseGet(() -> Assumptions.abort("no Redis server"));
        opened.add(0, server);
        return server;
    }

    private Backend open(RedisConfig config) {
        Backend backend = config.open(NAMESPACE, SystemTimeline.instance());
        opened.add(0, backend);
        return backend;
    }
}
