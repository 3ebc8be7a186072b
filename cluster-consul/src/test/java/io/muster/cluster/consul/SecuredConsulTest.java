package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Key;
import io.muster.cluster.testkit.BoundEntryContract;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.TcpProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is not let in, and for whom the contract holds. */
@Tag("C6")
class SecuredConsulTest extends SecuredConsul implements BoundEntryContract {
    @Test
    void aServerThatAnotherAuthorityVouchesForIsRefused() {
        assertThatThrownBy(() -> open(config("127.0.0.1", port, stranger).withToken(TOKEN)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("trustStore")
                .hasMessageNotContaining(TOKEN);
    }

    @Test
    void aServerWhoseCertificateIsForAnotherNameIsRefused() {
        assertThatThrownBy(() -> open(config("localhost", port, certificates).withToken(TOKEN)))
                .isInstanceOf(ClusterConfigurationException.class);
    }

    @Test
    void aServerThatFallsSilentIsGivenUpAtTheDeadline() {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", port);
                Backend backend =
                        open(config("127.0.0.1", proxy.port(), certificates).withToken(TOKEN))) {
            Key key = new Key("d", "k");
            backend.read(key, in(Duration.ofSeconds(5)));

            proxy.blackhole();
            long begun = System.nanoTime();
            assertThatThrownBy(() -> backend.read(key, in(Duration.ofSeconds(2))))
                    .isInstanceOf(ClusterUnavailableException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(3_500));
        }
    }

    private static Deadline in(Duration time) {
        return Deadline.after(time, SystemTimeline.instance().ticker());
    }

    @Test
    void aMissingTokenIsRefused() {
        assertThatThrownBy(() -> open(config("127.0.0.1", port, certificates)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("key_prefix");
    }

    @Test
    void theTokenTravelsInAHeaderAndNeverInAnAddress() throws Exception {
        Queue<String> addresses = new ConcurrentLinkedQueue<>();
        Queue<String> headers = new ConcurrentLinkedQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            addresses.add(exchange.getRequestURI().toString());
            headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Consul-Token")));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        server.start();
        try {
            ConsulConfig config =
                    ConsulConfig.at("127.0.0.1", server.getAddress().getPort()).withToken(TOKEN);

            assertThat(catchThrowable(() -> open(config))).isInstanceOf(ClusterException.class);
        } finally {
            server.stop(0);
        }
        assertThat(headers).isNotEmpty().containsOnly(TOKEN);
        assertThat(addresses).noneMatch(address -> address.contains(TOKEN));
    }
}
