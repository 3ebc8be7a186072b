package io.muster.cluster.redis;

import static io.muster.cluster.redis.Primitives.bytes;
import static io.muster.cluster.redis.Primitives.commit;
import static io.muster.cluster.redis.Primitives.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, and client certificates, on a server that demands both. */
@Tag("C6")
class RedisTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path files;

    private static LocalServer server;
    private static int tlsPort;

    @BeforeAll
    static void start() throws Exception {
        certificate();
        try (ServerSocket free = new ServerSocket(0)) {
            tlsPort = free.getLocalPort();
        }
        server = LocalServer.tryStart(
                        ServerKind.REDIS,
                        ServerOptions.forTests()
                                .withExtraArguments(
                                        "--tls-port",
                                        Integer.toString(tlsPort),
                                        "--tls-cert-file",
                                        file("cert.pem"),
                                        "--tls-key-file",
                                        file("key.pem"),
                                        "--tls-ca-cert-file",
                                        file("cert.pem"),
                                        "--tls-auth-clients",
                                        "yes"))
                .orElseGet(() -> Assumptions.abort("no Redis server"));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void requestsAreEncryptedAndTheClientShowsItsCertificate() {
        try (Backend backend = open("&tlsCa=" + file("cert.pem"))) {
            Key key = new Key("d", "k");
            commit(backend, Write.put(key, bytes("x")));

            assertThat(backend.read(key, soon())).isPresent();
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsRefused() {
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("tlsCa");
    }

    @Test
    void verificationCanBeSwitchedOff() {
        try (Backend backend = open("&tlsVerify=none")) {
            assertThat(backend.identity(soon())).isNotEmpty();
        }
    }

    private static Backend open(String settings) {
        String uri = "rediss://127.0.0.1:" + tlsPort + "/0?tlsCertificate=" + file("cert.pem") + "&tlsKey="
                + file("key.pem") + settings;
        return new RedisClusterProvider().config(ConnectionUri.parse(uri)).open("tls", SystemTimeline.instance());
    }

    /** A certificate for this address, in the form that Redis and Netty read; the JDK's tool only writes key stores. */
    private static void certificate() throws Exception {
        Path store = files.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        "redis",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(files.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem("cert.pem", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
        pem(
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(String name, String kind, byte[] content) throws Exception {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
        Files.writeString(files.resolve(name), text, StandardCharsets.US_ASCII);
    }

    private static String file(String name) {
        return files.resolve(name).toString();
    }
}
