package io.muster.cluster.local;

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
import java.util.Optional;

/** A backend that does what another one does; a defect overrides what it gets wrong. */
class ForwardingBackend implements Backend {
    final Backend sound;

    ForwardingBackend(Backend sound) {
        this.sound = sound;
    }

    @Override
    public Capabilities capabilities() {
        return sound.capabilities();
    }

    @Override
    public String identity(Deadline deadline) {
        return sound.identity(deadline);
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        return sound.openSession(ttl, deadline);
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        return sound.commit(transaction, deadline);
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return sound.read(key, deadline);
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        return sound.list(request, deadline);
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        return sound.watch(directory, listener);
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        sound.publish(channel, message, deadline);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        return sound.subscribe(channel, listener);
    }

    @Override
    public void close() {
        sound.close();
    }
}
