package io.muster.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back each byte it gets, on as many connections as there are, and counts them. */
final class EchoServer implements AutoCloseable {

    private static final int BACKLOG = 50;

    private final ServerSocket listener;
    private final AtomicLong received = new AtomicLong();

    EchoServer() throws IOException {
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        DaemonThreads.start("echo-accept", () -> {
            while (!listener.isClosed()) {
                accept();
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    long received() {
        return received.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            Socket socket = listener.accept();
            DaemonThreads.start("echo", () -> echo(socket));
        } catch (IOException ended) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(ended);
            }
        }
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[8192];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received.addAndGet(count);
                out.write(buffer, 0, count);
            }
        } catch (IOException reset) {
            return;
        }
    }
}
