package io.muster.queue.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** This process's heap. */
public final class Heap {
    private Heap() {}

    /**
     * Bytes in use after the last garbage collection, summed over the parts of the heap, each as of its own last one; zero before the
     * first. A part that the collector has not touched yet counts nothing.
     */
    public static long usedAfterCollection() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            used += usage == null ? 0 : usage.getUsed();
        }
        return used;
    }
}
