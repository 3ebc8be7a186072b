package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Opening while the servers elect a leader. */
class ConsulOpeningTest {
    private static final String IDENTITY = "ad06d3";

    private final AtomicInteger asked = new AtomicInteger();
    private volatile int leaderlessAnswers;
    private HttpServer agent;

    @BeforeEach
    void start() throws IOException {
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", this::answer);
        agent.start();
    }

    @AfterEach
    void stop() {
        agent.stop(0);
    }

    private void answer(HttpExchange call) throws IOException {
        boolean leaderless = asked.incrementAndGet() <= leaderlessAnswers;
        String value = Base64.getEncoder().encodeToString(IDENTITY.getBytes(StandardCharsets.UTF_8));
        byte[] body = (leaderless ? "No cluster leader" : "[{\"Value\": \"" + value + "\"}]")
                .getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(leaderless ? 500 : 200, body.length);
        call.getResponseBody().write(body);
        call.close();
    }

    private Backend open(Duration connectTimeout) {
        ConsulConfig config =
                ConsulConfig.at("127.0.0.1", agent.getAddress().getPort()).withConnectTimeout(connectTimeout);
        return config.open("t", SystemTimeline.instance());
    }

    @Test
    void aLeaderThatIsElectedMeanwhileIsWaitedFor() {
        leaderlessAnswers = 3;

        try (Backend backend = open(Duration.ofSeconds(20))) {
            assertThat(asked).hasValue(4);
            assertThat(backend.identity(Deadline.after(
                            Duration.ofSeconds(5), SystemTimeline.instance().ticker())))
                    .isEqualTo(IDENTITY);
        }
    }

    @Test
    void withoutALeaderOpeningFailsAfterItsTimeWithTheAnswerOfTheServers() {
        leaderlessAnswers = Integer.MAX_VALUE;

        assertThatThrownBy(() -> open(Duration.ofMillis(500)))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("No cluster leader");

        assertThat(asked).hasValueGreaterThan(1);
    }
}
