package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The faults as a client of a real server meets them. */
final class RedisThroughProxyTest {

    private final LocalServer redis = SharedServers.get(ServerKind.REDIS).orElseGet(() -> abort("no redis here"));

    @Test
    void aCommandWhoseReplyWasLostWasExecuted() throws Exception {
        ask(redis.port(), "SET counter 0");
        try (TcpProxy proxy = TcpProxy.to(redis)) {
            assertThat(redis.uriThrough(proxy)).hasToString("redis://127.0.0.1:" + proxy.port());
            assertThat(ask(proxy.port(), "INCR counter")).startsWith(":1");

            proxy.swallowReplies();

            assertThatThrownBy(() -> ask(proxy.port(), "INCR counter")).isInstanceOf(SocketTimeoutException.class);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ask(redis.port(), "INCRBY counter 0").startsWith(":2"));
            proxy.heal();
            assertThat(ask(proxy.port(), "INCR counter")).startsWith(":3");
        }
    }

    @Test
    void aCommandIntoABlackholeIsNotExecuted() throws Exception {
        ask(redis.port(), "SET untouched 0");
        try (TcpProxy proxy = TcpProxy.to(redis)) {
            proxy.blackhole();

            assertThatThrownBy(() -> ask(proxy.port(), "INCR untouched")).isInstanceOf(SocketTimeoutException.class);

            assertThat(ask(redis.port(), "INCRBY untouched 0")).startsWith(":0");
        }
    }

    private static String ask(int port, String command) throws Exception {
        return TextExchange.lines(port, command + "\r\nQUIT\r\n", "").get(0);
    }
}
