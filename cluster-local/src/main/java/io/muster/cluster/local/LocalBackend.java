package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Subscription;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
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
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The primitives on a {@link LocalCoordinator}: each call is a method call there, so nothing ever blocks. What goes wrong
 * is up to {@link LocalFaults}.
 */
final class LocalBackend implements Backend {
    private final LocalCoordinator coordinator;
    private final String namespace;
    private final Timeline timeline;
    private final LocalFaults faults;
    private final Runnable onClose;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<String> sessions = new ArrayList<>();

    @GuardedBy("lock")
    private final List<LocalWatch> watches = new ArrayList<>();

    @GuardedBy("lock")
    private final List<LocalSubscription> subscriptions = new ArrayList<>();

    @GuardedBy("lock")
    private boolean closed;

    LocalBackend(
            LocalCoordinator coordinator, String namespace, Timeline timeline, LocalFaults faults, Runnable onClose) {
        this.coordinator = coordinator;
        this.namespace = namespace;
        this.timeline = timeline;
        this.faults = faults;
        this.onClose = onClose;
        faults.attach(this);
    }

    @Override
    public Capabilities capabilities() {
        return coordinator.capabilities();
    }

    @Override
    public String identity(Deadline deadline) {
        return call(Operation.IDENTITY, deadline, coordinator::identity);
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        Duration least = capabilities().leastSessionTtl();
        Duration effective = ttl.compareTo(least) < 0 ? least : ttl;
        String id = call(Operation.OPEN_SESSION, deadline, () -> remember(coordinator.openSession(effective)));
        return new LocalSession(this, coordinator, id, effective);
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        capabilities().check(transaction);
        return call(Operation.COMMIT, deadline, () -> coordinator.commit(namespace, transaction));
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return call(Operation.READ, deadline, () -> coordinator.read(namespace, key));
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        return call(Operation.LIST, deadline, () -> coordinator.list(namespace, request));
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        Key.checkDirectory(directory);
        LocalWatch watch = new LocalWatch(coordinator, namespace, directory, listener, faults, timeline);
        synchronized (lock) {
            requireOpen();
            watches.add(watch);
        }
        watch.begin();
        return () -> {
            synchronized (lock) {
                watches.remove(watch);
            }
            watch.close();
        };
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        capabilities().checkMessage(message);
        run(Operation.PUBLISH, deadline, () -> coordinator.publish(namespace, channel, message));
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        LocalSubscription subscription =
                new LocalSubscription(coordinator, namespace, channel, listener, faults, timeline);
        synchronized (lock) {
            requireOpen();
            subscriptions.add(subscription);
        }
        subscription.begin();
        return () -> {
            synchronized (lock) {
                subscriptions.remove(subscription);
            }
            subscription.close();
        };
    }

    /** A node that is cut off leaves its sessions to their TTL, as a real one would. */
    @Override
    public void close() {
        List<LocalWatch> openWatches;
        List<LocalSubscription> openSubscriptions;
        List<String> openSessions;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            openWatches = List.copyOf(watches);
            openSubscriptions = List.copyOf(subscriptions);
            openSessions = List.copyOf(sessions);
        }
        if (!faults.isCut()) {
            coordinator.endIfUp(openSessions);
        }
        openWatches.forEach(LocalWatch::close);
        openSubscriptions.forEach(LocalSubscription::close);
        faults.detach(this);
        onClose.run();
    }

    /** Meets the faults that are due, then does {@code body}. */
    <T> T call(Operation operation, Deadline deadline, Supplier<T> body) {
        synchronized (lock) {
            requireOpen();
        }
        Fault fault = faults.before(operation);
        if (fault == Fault.REQUEST_LOST) {
            throw lost(operation, null);
        }
        if (fault == Fault.UNREACHABLE) {
            throw new ClusterUnavailableException("The local coordinator is out of reach of this node");
        }
        if (deadline.expired()) {
            throw new ClusterUnavailableException("The deadline had passed before the call was sent");
        }
        if (fault == Fault.REPLY_LOST) {
            throw applyAndLose(operation, body);
        }
        T result = body.get();
        faults.after(operation);
        return result;
    }

    void run(Operation operation, Deadline deadline, Runnable body) {
        call(operation, deadline, () -> {
            body.run();
            return operation;
        });
    }

    void announceGaps() {
        synchronized (lock) {
            watches.forEach(LocalWatch::gap);
            subscriptions.forEach(LocalSubscription::gap);
        }
    }

    void deliverPending() {
        synchronized (lock) {
            watches.forEach(LocalWatch::deliverPending);
        }
    }

    void expireSessions() {
        List<String> ended;
        synchronized (lock) {
            ended = List.copyOf(sessions);
        }
        coordinator.endIfUp(ended);
    }

    private String remember(String session) {
        synchronized (lock) {
            sessions.add(session);
        }
        return session;
    }

    private <T> ClusterException applyAndLose(Operation operation, Supplier<T> body) {
        try {
            T unused = body.get();
        } catch (ClusterException refused) {
            return lost(operation, refused);
        } finally {
            faults.after(operation);
        }
        return lost(operation, null);
    }

    private static ClusterException lost(Operation operation, @Nullable ClusterException answer) {
        if (operation.writes()) {
            String message = "No answer from the local coordinator to " + operation + "; it may have been applied";
            return answer == null ? new OutcomeUnknownException(message) : new OutcomeUnknownException(message, answer);
        }
        return new ClusterUnavailableException("No answer from the local coordinator to " + operation);
    }

    @GuardedBy("lock")
    private void requireOpen() {
        if (closed) {
            throw new ClusterUnavailableException("This backend has been closed");
        }
    }
}
