package io.muster.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TcpProxyTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** How long to wait for what must not come. */
    private static final int SILENCE_MILLIS = 200;

    private EchoServer server;
    private TcpProxy proxy;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = TcpProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void passesBytesBothWaysAndCountsThem() throws IOException {
        Socket first = connected();
        Socket second = connected();

        send(first, "hello");
        send(second, "world!");

        assertThat(receive(first, 5)).isEqualTo("hello");
        assertThat(receive(second, 6)).isEqualTo("world!");
        await().atMost(LIMIT).until(() -> proxy.traffic().equals(new TcpProxy.Traffic(2, 2, 11, 11)));
    }

    @Test
    void passesMuchDataUnchanged() throws IOException {
        byte[] data = new byte[10_000_000];
        new Random(1).nextBytes(data);
        Socket socket = connected();
        DaemonThreads.start("sender", () -> {
            try {
                socket.getOutputStream().write(data);
                socket.shutdownOutput();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(data);
        await().atMost(LIMIT).until(() -> proxy.traffic().openConnections() == 0);
    }

    @Test
    void aCutResetsConnectionsAndRefusesNewOnesUntilItIsHealed() throws IOException {
        Socket socket = connected();
        send(socket, "hello");
        assertThat(receive(socket, 5)).isEqualTo("hello");

        proxy.cut();

        assertThatThrownBy(() -> receive(socket, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
        await().atMost(LIMIT).until(() -> proxy.traffic().openConnections() == 0);
        proxy.heal();
        Socket later = connected();
        send(later, "again");
        assertThat(receive(later, 5)).isEqualTo("again");
    }

    @Test
    void aBlackholeHoldsBackBothDirectionsAndLosesNothing() throws IOException {
        Socket socket = connected();
        send(socket, "before");
        assertThat(receive(socket, 6)).isEqualTo("before");

        proxy.blackhole();
        send(socket, "within");
        Socket connectedWithin = connected();
        send(connectedWithin, "new");

        assertSilent(socket);
        assertSilent(connectedWithin);
        assertThat(server.received()).isEqualTo(6);
        proxy.heal();
        assertThat(receive(socket, 6)).isEqualTo("within");
        assertThat(receive(connectedWithin, 3)).isEqualTo("new");
    }

    @Test
    void heldRequestsReachTheServerLateWhileItsRepliesPass() throws IOException {
        Socket socket = connected();
        proxy.delay(Duration.ofMillis(300));
        send(socket, "before");
        await().atMost(LIMIT).until(() -> server.received() == 6);

        proxy.holdRequests();
        send(socket, "within");
        Socket connectedWithin = connected();
        send(connectedWithin, "new");

        assertThat(receive(socket, 6)).isEqualTo("before");
        assertSilent(socket);
        assertSilent(connectedWithin);
        assertThat(server.received()).isEqualTo(6);
        proxy.heal();
        assertThat(receive(socket, 6)).isEqualTo("within");
        assertThat(receive(connectedWithin, 3)).isEqualTo("new");
    }

    @Test
    void aBlackholeHidesThatTheServerClosedTheConnection() throws IOException {
        Socket socket = connected();
        send(socket, "before");
        assertThat(receive(socket, 6)).isEqualTo("before");
        proxy.blackhole();
        socket.shutdownOutput();

        assertSilent(socket);

        proxy.heal();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void swallowedRepliesBelongToRequestsThatWereExecuted() throws IOException {
        Socket socket = connected();
        proxy.swallowReplies();

        send(socket, "request");

        await().atMost(LIMIT).until(() -> server.received() == 7);
        assertSilent(socket);
    }

    /** Otherwise a client would take the next reply for that to the request before. */
    @Test
    void aConnectionWithAGapInItsRepliesIsResetWhenItIsHealed() throws IOException {
        Socket withGap = connected();
        Socket idle = connected();
        send(idle, "idle");
        assertThat(receive(idle, 4)).isEqualTo("idle");
        proxy.swallowReplies();
        send(withGap, "request");
        await().atMost(LIMIT).until(() -> server.received() == 11);
        assertSilent(withGap);

        proxy.heal();

        assertThatThrownBy(() -> receive(withGap, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        send(idle, "goes on");
        assertThat(receive(idle, 7)).isEqualTo("goes on");
    }

    @Test
    void aDelayLengthensARoundTripTwiceAndNotTheStreamBehindIt() throws IOException {
        Socket socket = connected();
        send(socket, "warm");
        assertThat(receive(socket, 4)).isEqualTo("warm");
        proxy.delay(Duration.ofMillis(150));
        long startNanos = System.nanoTime();

        for (int i = 0; i < 20; i++) {
            send(socket, "0123456789");
        }

        assertThat(receive(socket, 200)).hasSize(200);
        Duration taken = Duration.ofNanos(System.nanoTime() - startNanos);
        assertThat(taken).isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
    }

    @Test
    void healingLetsThroughAtOnceWhatIsStillDelayed() throws IOException {
        Socket socket = connected();
        proxy.delay(Duration.ofHours(1));
        send(socket, "slow");
        assertSilent(socket);

        proxy.heal();

        assertThat(receive(socket, 4)).isEqualTo("slow");
    }

    /** Its port is taken and nobody listens there: a port that was only given up may be another server's by now. */
    @Test
    void aTargetThatIsNotThereResetsTheClient() throws IOException {
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            proxy.close();
            proxy = TcpProxy.to("127.0.0.1", taken.getLocalPort());
            Socket socket = connected();

            assertThatThrownBy(() -> receive(socket, 1))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void aClosedProxyStaysClosed() throws IOException {
        Socket socket = connected();
        send(socket, "hello");
        assertThat(receive(socket, 5)).isEqualTo("hello");

        proxy.close();
        proxy.close();

        assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketException.class);
        assertThatThrownBy(proxy::heal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
        await().atMost(LIMIT).until(this::hasNoThreads);
    }

    private boolean hasNoThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("proxy-" + proxy.port()));
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(proxy.host(), proxy.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String receive(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout((int) LIMIT.toMillis());
    }
}
