package io.muster.servers;

import io.muster.servers.ProxyFault.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntConsumer;

/**
 * One direction of a proxied connection. A reader stamps what arrives, a writer lets it through when the gate says so;
 * with two threads a delay costs latency and not throughput. Between them wait at most 256 chunks of 16 KiB.
 */
final class ProxyPipe {

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int QUEUED_CHUNKS = 256;

    /** How the writing side ended. */
    enum End {
        /** The sender closed its side, and so was ours. */
        SHUT_DOWN,
        /** Something broke, or was to be broken: both connections must be reset. */
        BROKEN
    }

    /** What a chunk says. */
    enum Mark {
        DATA,
        SENDER_CLOSED,
        SENDER_BROKE
    }

    private record Chunk(Mark mark, ByteBuffer bytes, long arrivedNanos) {}

    /** Decides about what arrived at a moment, and waits as long as it must; only data may be dropped. */
    @FunctionalInterface
    interface Gate {
        Verdict admit(Mark mark, long arrivedNanos) throws InterruptedException;
    }

    private final Socket from;
    private final Socket to;
    private final Gate gate;
    private final IntConsumer onForwarded;
    private final BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(QUEUED_CHUNKS);

    ProxyPipe(Socket from, Socket to, Gate gate, IntConsumer onForwarded) {
        this.from = from;
        this.to = to;
        this.gate = gate;
        this.onForwarded = onForwarded;
    }

    /** Reads until the sender closes or breaks, or the thread is interrupted. */
    void read() {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            queue.put(readAll(buffer));
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the last chunk. */
    private Chunk readAll(byte[] buffer) throws InterruptedException {
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                queue.put(new Chunk(Mark.DATA, ByteBuffer.wrap(Arrays.copyOf(buffer, count)), Await.nanos()));
            }
            return new Chunk(Mark.SENDER_CLOSED, ByteBuffer.allocate(0), Await.nanos());
        } catch (IOException broken) {
            return new Chunk(Mark.SENDER_BROKE, ByteBuffer.allocate(0), Await.nanos());
        }
    }

    /** Writes what the gate lets through until the reader's last chunk, or until something breaks. */
    End write() {
        try {
            OutputStream out = to.getOutputStream();
            while (true) {
                Chunk chunk = queue.take();
                Verdict verdict = gate.admit(chunk.mark(), chunk.arrivedNanos());
                if (verdict == Verdict.RESET || chunk.mark() == Mark.SENDER_BROKE) {
                    return End.BROKEN;
                }
                if (chunk.mark() == Mark.SENDER_CLOSED) {
                    to.shutdownOutput();
                    return End.SHUT_DOWN;
                }
                if (verdict == Verdict.FORWARD) {
                    out.write(chunk.bytes().array());
                    onForwarded.accept(chunk.bytes().capacity());
                }
            }
        } catch (IOException broken) {
            return End.BROKEN;
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return End.BROKEN;
        }
    }
}
