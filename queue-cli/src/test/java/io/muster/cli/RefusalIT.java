package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cli.Terminal.Said;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TestSecrets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that refuse: cause and remedy in one line, exit code 1, and no secret shown. */
@Timeout(90)
class RefusalIT {
    private static final String SECRET = TestSecrets.PASSWORD;
    private static final String TOKEN = "6f1d2a4b-3c5e-4d7f-8a9b-0c1d2e3f4a5b";

    @TempDir
    private Path directory;

    @Test
    void aWrongPasswordIsSaidToBeWrong() {
        try (LocalServer server = server(ServerKind.REDIS)) {
            Said wrong = run("redis://:wrong-word@127.0.0.1:" + server.port());
            Said none = run("redis://127.0.0.1:" + server.port());
            Said right = run(server.uri().toString());

            assertRefused(wrong, "assword");
            assertThat(wrong.err()).doesNotContain("wrong-word");
            assertRefused(none, "assword");
            assertThat(right.exitCode()).as(right.err()).isZero();
        }
    }

    @Test
    void aMissingTokenIsSaidToBeMissing() {
        try (LocalServer server = server(ServerKind.CONSUL)) {
            Said wrong = run("consul://127.0.0.1:" + server.port() + "?token=wrong-word");
            Said none = run("consul://127.0.0.1:" + server.port());
            Said right = run("consul://127.0.0.1:" + server.port() + "?token=" + SECRET);

            assertRefused(wrong, "token");
            assertThat(wrong.err()).doesNotContain("wrong-word");
            assertRefused(none, "token");
            assertThat(right.exitCode()).as(right.err()).isZero();
        }
    }

    @Test
    void aRedisUserWithoutRightsIsToldWhichAreMissing() throws IOException {
        try (LocalServer server = server(ServerKind.REDIS)) {
            Administrator.ofRedis(server, SECRET).addUser("limited", "limited-word");

            Said said = run("redis://limited:limited-word@127.0.0.1:" + server.port());

            assertRefused(said, "limited");
            assertThat(said.err()).contains("ACL SETUSER").doesNotContain("limited-word");
        }
    }

    @Test
    void aConsulTokenWithoutRightsIsToldWhichAreMissing() throws Exception {
        try (LocalServer server = server(ServerKind.CONSUL)) {
            Administrator.ofConsul(server, SECRET).addToken(TOKEN);

            Said said = run("consul://127.0.0.1:" + server.port() + "?token=" + TOKEN);

            assertRefused(said, "key_prefix");
            assertThat(said.err()).doesNotContain(TOKEN);
        }
    }

    @Test
    void anEtcdUserWithoutRightsIsToldWhichAreMissing() throws Exception {
        try (LocalServer server = open(ServerKind.ETCD)) {
            Administrator.ofEtcd(server).requireUsers("limited", "limited-word");

            Said missing = run("etcd://limited:limited-word@127.0.0.1:" + server.port());
            Said wrong = run("etcd://limited:wrong-word@127.0.0.1:" + server.port());

            assertRefused(missing, "grant-permission");
            assertThat(missing.err()).doesNotContain("limited-word");
            assertRefused(wrong, "password");
            assertThat(wrong.err()).doesNotContain("wrong-word");
        }
    }

    @Test
    void aZooKeeperUserWithoutRightsIsToldSo() {
        try (LocalServer server = open(ServerKind.ZOOKEEPER)) {
            Said owner = run("zookeeper://owner:owner-word@127.0.0.1:" + server.port());

            Said foreign = run("zookeeper://foreign:foreign-word@127.0.0.1:" + server.port());
            Said nobody = run("zookeeper://127.0.0.1:" + server.port());

            assertThat(owner.exitCode()).as(owner.err()).isZero();
            assertRefused(foreign, "foreign");
            assertThat(foreign.err()).doesNotContain("foreign-word");
            assertRefused(nobody, "user");
        }
    }

    private Said run(String uri) {
        return Terminal.in(directory).run("leader", "--cluster", uri);
    }

    private static void assertRefused(Said said, String word) {
        assertThat(said.exitCode()).as(said.err()).isEqualTo(1);
        assertThat(said.err()).startsWith("leader: ").contains(word).doesNotContain("\tat ");
        assertThat(said.err().lines()).hasSize(1);
    }

    private static LocalServer open(ServerKind kind) {
        return started(kind, ServerOptions.forTests());
    }

    private static LocalServer server(ServerKind kind) {
        return started(kind, ServerOptions.forTests().withSecret(SECRET));
    }

    private static LocalServer started(ServerKind kind, ServerOptions options) {
        Optional<LocalServer> server = LocalServer.tryStart(kind, options);
        Assumptions.assumeTrue(server.isPresent(), "no " + kind);
        return server.orElseThrow();
    }
}
