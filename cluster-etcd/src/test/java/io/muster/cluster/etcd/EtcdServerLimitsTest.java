package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TestSecrets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Servers that ask for a password, forbid something, or are full. */
class EtcdServerLimitsTest {
    @Test
    void credentialsAndRightsAreCheckedWhenOpening() throws Exception {
        try (LocalServer server = start("--auth-token-ttl", "1")) {
            secure(server);

            assertRefused(config(server), "app", "user or password");
            assertRefused(config(server).withCredentials("worker", "falsch"), "app", "user or password");
            assertRefused(config(server).withCredentials("worker", TestSecrets.PASSWORD), "other", "grant-permission");
            assertRefused(config(server).withCredentials("reader", TestSecrets.PASSWORD), "app", "grant-permission");
            try (Backend backend = config(server)
                    .withCredentials("worker", TestSecrets.PASSWORD)
                    .open("app", SystemTimeline.instance())) {
                BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
                Write write = Write.bind(new Key("d", "k"), new byte[1], session);
                backend.commit(Transaction.builder().write(write).build(), soon());
                session.renew(soon());
                assertThat(backend.identity(soon())).isNotEmpty();
                session.end(soon());
            }
        }
    }

    @Test
    void anOutdatedTokenIsReplacedUnnoticed() throws Exception {
        try (LocalServer server = start("--auth-token-ttl", "1")) {
            secure(server);
            try (Backend backend = config(server)
                    .withCredentials("worker", TestSecrets.PASSWORD)
                    .open("app", SystemTimeline.instance())) {
                BackendSession session = backend.openSession(Duration.ofSeconds(10), soon());
                Write write = Write.put(new Key("d", "k"), new byte[1]);

                await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);

                backend.commit(Transaction.builder().write(write).build(), soon());
                session.renew(soon());
            }
        }
    }

    @Test
    void aPasswordThatNobodyAsksForIsRefusedWithTheRemedy() {
        try (LocalServer server = start()) {
            assertRefused(
                    config(server).withCredentials("worker", TestSecrets.PASSWORD),
                    "app",
                    "does not ask for a password");
        }
    }

    @Test
    void aFullServerRefusesWritesClearlyAndKeepsSessions() {
        try (LocalServer server = start("--quota-backend-bytes", "1000000");
                Backend backend = config(server).open("app", SystemTimeline.instance())) {
            BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());

            assertThatThrownBy(() -> fill(backend))
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining("alarm disarm");

            session.renew(soon());
            assertThat(backend.read(new Key("d", "k0"), soon())).isPresent();
        }
    }

    private static void fill(Backend backend) {
        for (int i = 0; i < 100; i++) {
            Write write = Write.put(new Key("d", "k" + i), new byte[200_000]);
            backend.commit(Transaction.builder().write(write).build(), soon());
        }
    }

    private static LocalServer start(String... arguments) {
        Optional<LocalServer> started =
                LocalServer.tryStart(ServerKind.ETCD, ServerOptions.forTests().withExtraArguments(arguments));
        Assumptions.assumeTrue(started.isPresent(), "no etcd");
        return started.get();
    }

    private static EtcdConfig config(LocalServer server) {
        return EtcdConfig.at(server.host() + ":" + server.port());
    }

    private static void assertRefused(EtcdConfig config, String namespace, String remedy) {
        assertThatThrownBy(() -> config.open(namespace, SystemTimeline.instance()))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(remedy)
                .hasMessageNotContaining(TestSecrets.PASSWORD)
                .hasMessageNotContaining("falsch");
    }

    /** Worker may read and write /app/, reader may only read it. */
    private static void secure(LocalServer server) throws Exception {
        try (Client client = Client.builder()
                .endpoints("http://" + server.host() + ":" + server.port())
                .build()) {
            addUser(client, "root", "root");
            addUser(client, "worker", "app");
            addUser(client, "reader", "app-reader");
            grant(client, "app", Permission.Type.READWRITE);
            grant(client, "app-reader", Permission.Type.READ);
            client.getAuthClient().authEnable().get(5, TimeUnit.SECONDS);
        }
    }

    private static void addUser(Client client, String user, String role) throws Exception {
        client.getAuthClient().userAdd(bytes(user), bytes(TestSecrets.PASSWORD)).get(5, TimeUnit.SECONDS);
        client.getAuthClient().roleAdd(bytes(role)).get(5, TimeUnit.SECONDS);
        client.getAuthClient().userGrantRole(bytes(user), bytes(role)).get(5, TimeUnit.SECONDS);
    }

    private static void grant(Client client, String role, Permission.Type type) throws Exception {
        client.getAuthClient()
                .roleGrantPermission(bytes(role), bytes("/app/"), bytes("/app0"), type)
                .get(5, TimeUnit.SECONDS);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5), SystemTimeline.instance().ticker());
    }
}
