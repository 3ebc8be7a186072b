package io.muster.servers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.servers.ProxyFault.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One proxied connection: the client's socket, a socket to the server, and a pipe in each direction. */
final class ProxyLink {

    private static final Logger log = LoggerFactory.getLogger(ProxyLink.class);

    private static final int CONNECT_LIMIT_MILLIS = (int) Duration.ofSeconds(5).toMillis();

    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress target;
    private final ProxyFault fault;
    private final BiConsumer<Direction, Integer> onForwarded;
    private final Consumer<ProxyLink> onEnd;
    private final AtomicBoolean repliesLost = new AtomicBoolean();

    @GuardedBy("this")
    private final List<Thread> threads = new ArrayList<>();

    @GuardedBy("this")
    private int openDirections = Direction.values().length;

    @GuardedBy("this")
    private boolean ended;

    /** Does nothing until it is started or reset. */
    ProxyLink(
            Socket client,
            InetSocketAddress target,
            ProxyFault fault,
            BiConsumer<Direction, Integer> onForwarded,
            Consumer<ProxyLink> onEnd) {
        this.client = client;
        this.target = target;
        this.fault = fault;
        this.onForwarded = onForwarded;
        this.onEnd = onEnd;
    }

    void start() {
        startThread("connect", this::connect);
    }

    boolean hasLostReplies() {
        return repliesLost.get();
    }

    /** Ends both connections with a TCP reset. Calling it twice has no effect. */
    void reset() {
        for (Socket socket : List.of(client, server)) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                log.trace("Nothing to reset", alreadyClosed);
            }
        }
        end();
    }

    private void connect() {
        try {
            fault.awaitConnect();
            server.connect(target, CONNECT_LIMIT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException failed) {
            log.debug("Cannot reach the target of the proxy target={} reason={}", target, failed.getMessage());
            reset();
            return;
        } catch (InterruptedException ending) {
            reset();
            return;
        }
        startPipe(Direction.TO_SERVER, client, server);
        startPipe(Direction.TO_CLIENT, server, client);
    }

    private void startPipe(Direction direction, Socket from, Socket to) {
        ProxyPipe pipe = new ProxyPipe(
                from,
                to,
                (mark, arrivedNanos) -> fault.admit(direction, mark, arrivedNanos, repliesLost),
                count -> onForwarded.accept(direction, count));
        startThread("read", pipe::read);
        startThread("write", () -> {
            if (pipe.write() == ProxyPipe.End.SHUT_DOWN) {
                directionEnded();
            } else {
                reset();
            }
        });
    }

    private synchronized void startThread(String role, Runnable work) {
        if (!ended) {
            threads.add(DaemonThreads.start("proxy-" + client.getLocalPort() + "-" + role, work));
        }
    }

    private void directionEnded() {
        boolean last;
        synchronized (this) {
            openDirections--;
            last = openDirections == 0;
        }
        if (last) {
            end();
        }
    }

    private void end() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            threads.forEach(Thread::interrupt);
        }
        for (Socket socket : List.of(client, server)) {
            try {
                socket.close();
            } catch (IOException failed) {
                log.debug("Cannot close a socket of the proxy", failed);
            }
        }
        onEnd.accept(this);
    }
}
