package io.muster.servers;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.servers.ProxyFault.Direction;
import io.muster.servers.ProxyFault.Kind;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that can be told to misbehave: the network between a client and a server. One fault holds at a
 * time; each of {@link #cut()}, {@link #blackhole()}, {@link #delay(Duration)}, {@link #swallowReplies()},
 * {@link #holdRequests()} and {@link #heal()} takes the place of the one before.
 *
 * <p>Safe for use by several threads. Four daemon threads per connection.
 */
public final class TcpProxy implements AutoCloseable {

    /** Another address of the loopback. */
    private static final String BESIDE = "127.0.0.2";

    private final InetSocketAddress target;
    private final String host;
    private final int port;
    private final ProxyFault fault = new ProxyFault();
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private final LongAdder accepted = new LongAdder();
    private final Map<Direction, LongAdder> bytes =
            Map.of(Direction.TO_SERVER, new LongAdder(), Direction.TO_CLIENT, new LongAdder());

    /** Null while connections are refused. */
    @GuardedBy("this")
    private @Nullable ProxyAcceptor acceptor;

    @GuardedBy("this")
    private boolean closed;

    /**
     * What went through so far.
     *
     * @param connections connections accepted since the start
     * @param openConnections those of them still open
     * @param bytesToServer bytes that were written to the server
     * @param bytesToClient bytes that were written to the client
     */
    public record Traffic(long connections, int openConnections, long bytesToServer, long bytesToClient) {}

    private TcpProxy(InetSocketAddress target) {
        this.target = target;
        this.host = TextExchange.LOOPBACK;
        ProxyAcceptor first = ProxyAcceptor.onFreePort(host, this::accept);
        this.acceptor = first;
        this.port = first.port();
    }

    private TcpProxy(InetSocketAddress target, String host, int port) {
        this.target = target;
        this.host = host;
        this.port = port;
        this.acceptor = ProxyAcceptor.on(new InetSocketAddress(host, port), this::accept);
    }

    /** A proxy to this server; give clients {@link LocalServer#uriThrough(TcpProxy)}. */
    public static TcpProxy to(LocalServer server) {
        return to(server.host(), server.port());
    }

    /** A proxy to this address, listening on a free port of 127.0.0.1, letting everything pass. */
    public static TcpProxy to(String host, int port) {
        return new TcpProxy(new InetSocketAddress(host, port));
    }

    /**
     * A proxy to this server at the same port of 127.0.0.2: for servers that tell clients each other's ports and leave the host to them.
     */
    public static TcpProxy beside(LocalServer server) {
        return new TcpProxy(new InetSocketAddress(server.host(), server.port()), BESIDE, server.port());
    }

    public String host() {
        return host;
    }

    /** The port clients connect to; the same until {@link #close()}. */
    public int port() {
        return port;
    }

    public Traffic traffic() {
        return new Traffic(accepted.sum(), links.size(), sum(Direction.TO_SERVER), sum(Direction.TO_CLIENT));
    }

    private void count(Direction direction, int forwarded) {
        requireNonNull(bytes.get(direction)).add(forwarded);
    }

    private long sum(Direction direction) {
        return requireNonNull(bytes.get(direction)).sum();
    }

    /** Resets all connections and refuses new ones: the server's machine is there, the server is not. */
    public synchronized void cut() {
        refuseConnections();
    }

    /**
     * Holds back everything in both directions, and connections stay open: packets are lost on the way. New connections
     * are accepted, as the kernel does it, but do not reach the server. What is held back goes through after
     * {@link #heal()}, as TCP would send it again.
     */
    public void blackhole() {
        change(Kind.BLACKHOLE, Duration.ZERO);
    }

    /** Lets everything pass that much later, in each direction: a round trip takes twice as much longer. */
    public void delay(Duration oneWay) {
        change(Kind.DELAY, requireNonNull(oneWay, "oneWay"));
    }

    /**
     * Requests reach the server and are executed, replies are lost, and that the server closed a connection is not seen.
     * Connections on which something was lost are reset by the next {@link #heal()} or other fault: after a gap in its
     * replies a connection must not go on.
     */
    public void swallowReplies() {
        change(Kind.SWALLOW_REPLIES, Duration.ZERO);
    }

    /**
     * Holds back what clients send, while what the server sends arrives: packets are lost one way. New connections do not reach the server.
     * What is held back goes through after {@link #heal()}, late, as TCP would send it again.
     */
    public void holdRequests() {
        change(Kind.HOLD_REQUESTS, Duration.ZERO);
    }

    /** Everything passes again, and new connections are accepted. */
    public void heal() {
        change(Kind.NONE, Duration.ZERO);
    }

    /** Resets all connections and stops listening for good. Calling it twice has no effect. */
    @Override
    public synchronized void close() {
        closed = true;
        refuseConnections();
    }

    private synchronized void change(Kind kind, Duration delay) {
        if (closed) {
            throw new IllegalStateException("the proxy on port " + port + " was closed");
        }
        fault.become(kind, delay);
        links.stream().filter(ProxyLink::hasLostReplies).forEach(ProxyLink::reset);
        if (acceptor == null) {
            acceptor = ProxyAcceptor.on(new InetSocketAddress(host, port), this::accept);
        }
    }

    @GuardedBy("this")
    private void refuseConnections() {
        fault.become(Kind.CUT, Duration.ZERO);
        if (acceptor != null) {
            acceptor.close();
            acceptor = null;
        }
        links.forEach(ProxyLink::reset);
    }

    /** A connection accepted while the proxy is being cut is either in the set in time, or sees the cut here. */
    private void accept(Socket client) {
        accepted.increment();
        ProxyLink link = new ProxyLink(client, target, fault, this::count, links::remove);
        links.add(link);
        if (fault.isCut()) {
            link.reset();
        } else {
            link.start();
        }
    }
}
