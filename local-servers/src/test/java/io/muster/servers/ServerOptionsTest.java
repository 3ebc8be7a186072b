package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ServerOptionsTest {

    private static final ServerOptions OPTIONS = ServerOptions.forTests();

    @Test
    void aSecretIsNotShown() {
        assertThat(OPTIONS.withSecret("sesame").toString()).doesNotContain("sesame");
        assertThat(OPTIONS.toString()).contains("secret=none");
    }

    @Test
    void aTickTooShortForTheServersIsRefused() {
        assertThatThrownBy(() -> OPTIONS.withTick(Duration.ofMillis(99))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"ETCD", "ZOOKEEPER"})
    void aSecretForAServerThatCannotHaveOneIsRefusedBeforeItStarts(ServerKind kind) {
        assertThatThrownBy(() -> LocalServer.tryStart(kind, OPTIONS.withSecret("sesame")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(kind.id());
    }

    @Test
    void redisWithAPasswordAnswersOnlyThoseWhoKnowIt() throws Exception {
        try (LocalServer redis = started(ServerKind.REDIS, OPTIONS.withSecret("open:s@me/"))) {
            assertThat(redis.uri()).hasToString("redis://:open%3As%40me%2F@127.0.0.1:" + redis.port());
            assertThat(redis.requestsReceived()).isPositive();

            assertThat(TextExchange.lines(redis.port(), "PING\r\nQUIT\r\n", "").get(0))
                    .startsWith("-NOAUTH");
            assertThat(TextExchange.lines(redis.port(), "AUTH open:s@me/\r\nPING\r\nQUIT\r\n", ""))
                    .contains("+PONG");
        }
    }

    @Test
    void consulWithATokenDeniesOthers() throws Exception {
        String token = "7a1b3c5d-0000-4000-8000-000000000001";
        try (LocalServer consul = started(ServerKind.CONSUL, OPTIONS.withSecret(token))) {
            String path = "/v1/kv/secured?consistent";

            assertThat(TextExchange.get(consul.port(), path, Map.of()).status()).isEqualTo(403);
            assertThat(TextExchange.get(consul.port(), path, Map.of("X-Consul-Token", token))
                            .status())
                    .isEqualTo(404);
            assertThat(consul.requestsReceived()).isPositive();
            consul.restart();
            assertThat(TextExchange.get(consul.port(), path, Map.of()).status()).isEqualTo(403);
        }
    }

    @Test
    void redisInMemoryForgetsWhenItIsRestarted() throws Exception {
        try (LocalServer redis = started(ServerKind.REDIS, OPTIONS.withDurability(Durability.MEMORY))) {
            TextExchange.lines(redis.port(), "SET key value\r\nQUIT\r\n", "");

            redis.restart();

            assertThat(TextExchange.lines(redis.port(), "GET key\r\nQUIT\r\n", "")
                            .get(0))
                    .isEqualTo("$-1");
        }
    }

    @Test
    void redisThatIsNotToSyncStillKeepsWhatItHadWhenItIsKilled() throws Exception {
        try (LocalServer redis = started(ServerKind.REDIS, OPTIONS.withDurability(Durability.PAGE_CACHE))) {
            TextExchange.lines(redis.port(), "SET key value\r\nQUIT\r\n", "");
            redis.kill();

            redis.restart();

            assertThat(TextExchange.lines(redis.port(), "GET key\r\nQUIT\r\n", "")
                            .get(1))
                    .isEqualTo("value");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ETCD", "ZOOKEEPER"})
    void everyDurabilityAndTheTickOfProductionAreUnderstood(ServerKind kind) {
        ServerOptions options = ServerOptions.likeProduction().withDurability(Durability.PAGE_CACHE);
        try (LocalServer server = started(kind, options)) {
            assertThat(server.isRunning()).isTrue();
            assertThat(server.options()).isEqualTo(options);
        }
    }

    @Test
    void extraArgumentsReachTheServer() throws Exception {
        try (LocalServer redis = started(ServerKind.REDIS, OPTIONS.withExtraArguments("--maxmemory", "7mb"))) {
            assertThat(TextExchange.lines(redis.port(), "CONFIG GET maxmemory\r\nQUIT\r\n", ""))
                    .contains(Integer.toString(7 * 1024 * 1024));
        }
    }

    @Test
    void aServerThatDoesNotLikeItsArgumentsIsQuotedInTheException() {
        ServerOptions wrong = OPTIONS.withExtraArguments("--no-such-option", "1");

        assertThatThrownBy(() -> started(ServerKind.REDIS, wrong).close())
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("no-such-option");
    }

    private static LocalServer started(ServerKind kind, ServerOptions options) {
        return LocalServer.tryStart(kind, options).orElseGet(() -> abort("no " + kind.id() + " here"));
    }
}
