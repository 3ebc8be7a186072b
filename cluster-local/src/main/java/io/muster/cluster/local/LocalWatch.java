package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Subscription;
import io.muster.cluster.local.FaultPlan.Delivery;
import io.muster.cluster.local.FaultPlan.Delivery.Form;
import io.muster.cluster.local.LocalEntries.Place;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.WatchListener.Change;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of one directory. The coordinator notes which names changed; a loop of the node reads their newest states and
 * tells the listener, so that what changed twice meanwhile is told once.
 */
final class LocalWatch implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWatch.class);

    private final LocalCoordinator coordinator;
    private final String directory;
    private final String path;
    private final WatchListener listener;
    private final LocalFaults faults;
    private final Loop loop;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<String> changed = new LinkedHashSet<>();

    @GuardedBy("lock")
    private boolean snapshotDue = true;

    /** Whether a delivery is under way that will see to what else changes. */
    @GuardedBy("lock")
    private boolean delivering;

    @GuardedBy("lock")
    private boolean closed;

    LocalWatch(
            LocalCoordinator coordinator,
            String namespace,
            String directory,
            WatchListener listener,
            LocalFaults faults,
            Timeline timeline) {
        this.coordinator = coordinator;
        this.directory = directory;
        this.path = Place.path(namespace, directory);
        this.listener = listener;
        this.faults = faults;
        this.loop = timeline.loop("watch-" + directory);
    }

    void begin() {
        coordinator.add(this);
        deliverPending();
    }

    void changed(Place place) {
        if (place.directory().equals(path)) {
            synchronized (lock) {
                changed.add(place.name());
            }
            deliverPending();
        }
    }

    void gap() {
        synchronized (lock) {
            snapshotDue = true;
        }
        deliverPending();
    }

    void deliverPending() {
        synchronized (lock) {
            if (!closed && !delivering && (snapshotDue || !changed.isEmpty())) {
                delivering = true;
                loop.post(this::prepare);
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        coordinator.remove(this);
        loop.close();
    }

    private void prepare() {
        if (isSilent()) {
            delivered();
            return;
        }
        Delivery delivery = faults.delivery();
        Runnable call = readStates(delivery.form());
        loop.schedule(delivery.late(), () -> {
            tell(call);
            if (delivery.form() == Form.TWICE) {
                tell(call);
            }
            delivered();
        });
    }

    private boolean isSilent() {
        return faults.watchesAreSilent() || coordinator.isDown();
    }

    private Runnable readStates(Form form) {
        Set<String> names;
        synchronized (lock) {
            names = snapshotDue || form == Form.SNAPSHOT ? Set.of() : Set.copyOf(changed);
            changed.clear();
            snapshotDue = false;
        }
        try {
            if (names.isEmpty()) {
                List<Entry> children = coordinator.children(path);
                return () -> listener.onSnapshot(children);
            }
            List<Change> changes = new ArrayList<>();
            for (String name : names) {
                changes.add(new Change(new Key(directory, name), coordinator.state(new Place(path, name))));
            }
            return () -> listener.onChanges(changes);
        } catch (ClusterUnavailableException stoppedMeanwhile) {
            LOG.trace("Watch goes on when the coordinator is back directory={}", directory, stoppedMeanwhile);
            synchronized (lock) {
                snapshotDue = true;
            }
            return () -> {};
        }
    }

    private void tell(Runnable call) {
        synchronized (lock) {
            if (closed) {
                return;
            }
        }
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A watch listener failed; it is called again with what changes next directory={}", directory, e);
        }
    }

    private void delivered() {
        synchronized (lock) {
            delivering = false;
        }
        // Asked again after the flag is down: silence may have ended in between, with nobody left to deliver.
        if (!isSilent()) {
            deliverPending();
        }
    }
}
