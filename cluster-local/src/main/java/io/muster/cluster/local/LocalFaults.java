package io.muster.cluster.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.local.FaultPlan.Delivery;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What goes wrong between one node and the coordinator. Given to {@link LocalCoordinator#config}. Thread-safe. */
public final class LocalFaults {
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Operation, Deque<Fault>> next = new EnumMap<>(Operation.class);

    @GuardedBy("lock")
    private final List<LocalBackend> backends = new ArrayList<>();

    @GuardedBy("lock")
    private boolean cut;

    @GuardedBy("lock")
    private boolean watchesSilent;

    private volatile FaultPlan plan = FaultPlan.NONE;

    /** Asks {@code plan} from now on; single faults ordered by {@link #next} come first. */
    public void plan(FaultPlan plan) {
        this.plan = plan;
    }

    /** The next operation of this kind that has no fault yet meets this one. */
    public void next(Operation operation, Fault fault) {
        synchronized (lock) {
            next.computeIfAbsent(operation, absent -> new ArrayDeque<>()).add(fault);
        }
    }

    /** Cuts the node off: its calls fail at once, its watches are silent, messages to it are lost. */
    public void cut() {
        synchronized (lock) {
            cut = true;
        }
    }

    /** Ends {@link #cut}: watches get a new snapshot, subscriptions a gap. */
    public void heal() {
        synchronized (lock) {
            cut = false;
        }
        opened().forEach(LocalBackend::announceGaps);
    }

    /** Watches say nothing until {@link #resumeWatches}, as those of a frozen server; everything else works. */
    public void silenceWatches() {
        synchronized (lock) {
            watchesSilent = true;
        }
    }

    /** Ends {@link #silenceWatches}: what changed meanwhile is delivered. */
    public void resumeWatches() {
        synchronized (lock) {
            watchesSilent = false;
        }
        opened().forEach(LocalBackend::deliverPending);
    }

    /** Ends all sessions of this node at the coordinator at once, unasked. */
    public void expireSessions() {
        opened().forEach(LocalBackend::expireSessions);
    }

    void attach(LocalBackend backend) {
        synchronized (lock) {
            backends.add(backend);
        }
    }

    void detach(LocalBackend backend) {
        synchronized (lock) {
            backends.remove(backend);
        }
    }

    Fault before(Operation operation) {
        synchronized (lock) {
            Deque<Fault> ordered = next.get(operation);
            if (ordered != null && !ordered.isEmpty()) {
                return ordered.remove();
            }
        }
        Fault planned = plan.before(operation);
        return planned == Fault.NONE && isCut() ? Fault.UNREACHABLE : planned;
    }

    void after(Operation operation) {
        plan.after(operation);
    }

    Delivery delivery() {
        return plan.delivery();
    }

    boolean isCut() {
        synchronized (lock) {
            return cut;
        }
    }

    boolean watchesAreSilent() {
        synchronized (lock) {
            return cut || watchesSilent;
        }
    }

    private List<LocalBackend> opened() {
        synchronized (lock) {
            return List.copyOf(backends);
        }
    }
}
