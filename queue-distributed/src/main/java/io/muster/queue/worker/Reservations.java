package io.muster.queue.worker;

import io.muster.cluster.time.Loop;
import java.util.function.IntSupplier;

/**
 * Free slots of a pool that are kept for attempts to come, each of them a slot of the node too. Guarded by the lock of its {@link Slots}.
 */
final class Reservations {
    private final NodeSlots node;
    private final IntSupplier concurrency;
    private final Loop loop;
    private int kept;
    private boolean waitingForNode;

    Reservations(NodeSlots node, IntSupplier concurrency, Loop loop) {
        this.node = node;
        this.concurrency = concurrency;
        this.loop = loop;
    }

    /**
     * Keeps up to {@code most} slots beside the {@code occupied}; answers how many are kept now. If only the node is full, {@code whenFree}
     * is posted to the loop later.
     */
    int keep(int most, int occupied, Runnable whenFree) {
        while (kept < most && occupied + kept < concurrency.getAsInt() && !waitingForNode) {
            if (node.tryAcquire(() -> loop.post(whenFree))) {
                kept++;
            } else {
                waitingForNode = true;
            }
        }
        return kept;
    }

    /** One of the kept is occupied. */
    void use() {
        kept--;
    }

    /** Keeps none any more; answers how many slots of the node that leaves to release. */
    int cancel() {
        int unused = kept;
        kept = 0;
        return unused;
    }

    /** The node had a slot free. */
    void nodeHasSlots() {
        waitingForNode = false;
    }
}
