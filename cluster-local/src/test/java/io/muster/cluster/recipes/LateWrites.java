package io.muster.cluster.recipes;

import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A network that keeps a transaction for a while after its sender has given up on it. */
final class LateWrites implements Backend {
    private final Backend server;
    private final Deque<Transaction> kept = new ArrayDeque<>();
    private int keepNext;

    LateWrites(Backend server) {
        this.server = server;
    }

    void keepNext() {
        keepNext++;
    }

    /** The oldest kept transaction arrives. */
    CommitResult arrive(Deadline deadline) {
        return server.commit(kept.remove(), deadline);
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        if (keepNext > 0) {
            keepNext--;
            kept.add(transaction);
            throw new OutcomeUnknownException("Kept by the network");
        }
        return server.commit(transaction, deadline);
    }

    @Override
    public Capabilities capabilities() {
        return server.capabilities();
    }

    @Override
    public String identity(Deadline deadline) {
        return server.identity(deadline);
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        return server.openSession(ttl, deadline);
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return server.read(key, deadline);
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        return server.list(request, deadline);
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        return server.watch(directory, listener);
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        server.publish(channel, message, deadline);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        return server.subscribe(channel, listener);
    }

    @Override
    public void close() {
        server.close();
    }
}
