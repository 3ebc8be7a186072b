package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.servers.JavaCommand;
import io.muster.servers.JavaProcess;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.TestSecrets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process in which every logger, ours and those of all client libraries, writes all that it can, and that is given right and wrong passwords and tokens: none
 * of ours ever writes one, and of the others only those that the guide warns of.
 */
@Timeout(240)
class SecretsAtTraceIT {
    /** Level and name; {@code docs/guide/workers.md} warns of each. */
    private static final Set<String> KNOWN_TO_TELL =
            Set.of("TRACE io.lettuce.core.protocol.CommandEncoder", "DEBUG io.grpc.netty.NettyClientHandler");

    private static final String RIGHT = TestSecrets.PASSWORD;
    private static final String WRONG = TestSecrets.OTHER_PASSWORD;
    private static final Pattern LOGGED = Pattern.compile("^\\[[^\\]]*\\] ([A-Z]+) ([\\w.$-]+) - .*");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path files;

    private final List<LocalServer> servers = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private final Set<String> loggers = new TreeSet<>();
    private final Set<String> telling = new TreeSet<>();
    private final List<String> said = new ArrayList<>();
    private String latest = "none";

    @AfterEach
    void closeServers() {
        servers.forEach(LocalServer::close);
    }

    @Test
    void noLoggerOfOursEverTellsASecret() throws Exception {
        open(ServerKind.REDIS, "redis://:%s@");
        open(ServerKind.CONSUL, "consul://:%s@");
        etcd();
        zooKeeper();
        stores(ServerKind.POSTGRES);
        stores(ServerKind.MARIADB);

        try (JavaProcess process = JavaProcess.start(command(), this::look)) {
            assertThat(process.awaitExit(Duration.ofMinutes(3))).isTrue();
        }

        assertThat(said).as("with right and wrong secrets").hasSize(places.size());
        for (int i = 0; i < places.size(); i++) {
            boolean wrong = places.get(i).contains(WRONG);
            assertThat(said.get(i))
                    .as(String.valueOf(i))
                    .startsWith(wrong ? SecretsAtTraceMain.REFUSED : SecretsAtTraceMain.DONE);
        }
        assertThat(loggers)
                .as("what is looked at")
                .anyMatch(name -> name.startsWith("io.muster."))
                .anyMatch(name -> name.startsWith("io.lettuce."))
                .anyMatch(name -> name.startsWith("io.netty."))
                .anyMatch(name -> name.startsWith("io.grpc."))
                .anyMatch(name -> name.startsWith("org.apache.http."))
                .anyMatch(name -> name.startsWith("org.apache.zookeeper."))
                .anyMatch(name -> name.startsWith("org.postgresql."))
                .anyMatch(name -> name.startsWith("org.mariadb."))
                .anyMatch(name -> name.startsWith("com.zaxxer."));
        assertThat(telling).isEqualTo(KNOWN_TO_TELL);
    }

    private JavaCommand command() throws Exception {
        Path logging = Files.writeString(
                files.resolve("logging.properties"),
                """
                handlers=java.util.logging.ConsoleHandler
                .level=ALL
                java.util.logging.ConsoleHandler.level=ALL
                java.util.logging.SimpleFormatter.format=[jul] %4$s %3$s - %5$s%6$s%n
                """);
        return JavaCommand.of(SecretsAtTraceMain.class.getName(), places.toArray(String[]::new))
                .withJvmOptions(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.util.logging.config.file=" + logging,
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-Dorg.slf4j.simpleLogger.showDateTime=false",
                        "-Dorg.slf4j.simpleLogger.showShortLogName=false");
    }

    /** What one line has is the logger's that began it, or one before. */
    private synchronized void look(String line) {
        Matcher begins = LOGGED.matcher(line);
        if (begins.matches()) {
            latest = begins.group(1) + " " + begins.group(2);
            loggers.add(begins.group(2));
        } else if (line.startsWith(SecretsAtTraceMain.REFUSED) || line.equals(SecretsAtTraceMain.DONE)) {
            said.add(line);
            latest = "none";
        }
        if (Stream.of(RIGHT, WRONG).flatMap(SecretsAtTraceIT::forms).anyMatch(line::contains)) {
            telling.add(latest);
        }
    }

    /** As it is, and as octets are shown. */
    private static Stream<String> forms(String secret) {
        byte[] octets = secret.getBytes(StandardCharsets.US_ASCII);
        String encoded = Base64.getEncoder().encodeToString(octets);
        return Stream.of(
                secret,
                HexFormat.of().formatHex(octets),
                HexFormat.ofDelimiter(" ").formatHex(octets),
                encoded.substring(0, encoded.length() - 4));
    }

    private void open(ServerKind kind, String form) {
        LocalServer server = started(kind, ServerOptions.forTests().withSecret(RIGHT));
        places.add(form.replace("%s", RIGHT) + "127.0.0.1:" + server.port());
        places.add(form.replace("%s", WRONG) + "127.0.0.1:" + server.port());
    }

    private void stores(ServerKind kind) {
        LocalServer server = started(kind, ServerOptions.forTests().withSecret(RIGHT));
        String right = server.uri().toString();
        assertThat(right).contains(RIGHT);
        places.add("local:trace-" + kind + "|" + right);
        places.add("local:trace-wrong-" + kind + "|" + right.replace(RIGHT, WRONG));
    }

    private void zooKeeper() {
        LocalServer server = started(ServerKind.ZOOKEEPER, ServerOptions.forTests());
        places.add("zookeeper://muster:" + RIGHT + "@127.0.0.1:" + server.port());
        places.add("zookeeper://muster:" + WRONG + "@127.0.0.1:" + server.port());
    }

    private void etcd() throws Exception {
        LocalServer server = started(ServerKind.ETCD, ServerOptions.forTests());
        tellEtcd(server, "user/add", "{\"name\": \"root\", \"password\": \"" + RIGHT + "\"}");
        tellEtcd(server, "role/add", "{\"name\": \"root\"}");
        tellEtcd(server, "user/grant", "{\"user\": \"root\", \"role\": \"root\"}");
        tellEtcd(server, "enable", "{}");
        places.add("etcd://root:" + RIGHT + "@127.0.0.1:" + server.port());
        places.add("etcd://root:" + WRONG + "@127.0.0.1:" + server.port());
    }

    private static void tellEtcd(LocalServer server, String what, String body) throws Exception {
        HttpResponse<String> reply = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://" + server.host() + ":" + server.port() + "/v3/auth/" + what))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).as(what).isEqualTo(200);
    }

    private LocalServer started(ServerKind kind, ServerOptions options) {
        Optional<LocalServer> server = LocalServer.tryStart(kind, options);
        Assumptions.assumeTrue(server.isPresent(), "no " + kind);
        servers.add(server.orElseThrow());
        return server.orElseThrow();
    }
}
