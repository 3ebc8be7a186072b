package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening port of the loopback and the thread that accepts from it. */
final class ProxyAcceptor {

    private static final Logger log = LoggerFactory.getLogger(ProxyAcceptor.class);

    private static final int BACKLOG = 128;
    private static final int BIND_ATTEMPTS = 20;

    private final ServerSocket listener;
    private final Thread thread;

    private ProxyAcceptor(ServerSocket listener, Consumer<Socket> onAccept) {
        this.listener = listener;
        this.thread = DaemonThreads.start("proxy-" + listener.getLocalPort() + "-accept", () -> {
            try {
                while (true) {
                    onAccept.accept(listener.accept());
                }
            } catch (IOException ended) {
                log.debug("Stopped listening reason={}", ended.getMessage());
            }
        });
    }

    static ProxyAcceptor on(InetSocketAddress address, Consumer<Socket> onAccept) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
            return new ProxyAcceptor(listener, onAccept);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot listen on " + address, failed);
        }
    }

    static ProxyAcceptor onFreePort(String host, Consumer<Socket> onAccept) {
        for (int attempt = 1; ; attempt++) {
            try {
                return on(new InetSocketAddress(host, FreePorts.next(1).get(0)), onAccept);
            } catch (UncheckedIOException taken) {
                if (attempt == BIND_ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * Returns when connections are refused. That is when the thread has left its system call: until then the kernel keeps
     * the closed socket and goes on to accept for it.
     */
    void close() {
        try {
            listener.close();
            thread.join();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot stop listening on port " + port(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
