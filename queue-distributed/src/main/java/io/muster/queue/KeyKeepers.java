package io.muster.queue;

import io.muster.cluster.Cluster;
import io.muster.queue.unique.UniqueLeases;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Collects the coordinators that keep unique keys. Not thread-safe. */
final class KeyKeepers {
    private final Map<String, Cluster> named = new HashMap<>();

    /** @throws IllegalArgumentException the name is taken */
    void add(String name, Cluster coordinator) {
        if (name.equals(UniqueLeases.OWN) || named.putIfAbsent(name, coordinator) != null) {
            throw new IllegalArgumentException("Two coordinators that keep unique keys are named \"" + name + "\"; \""
                    + UniqueLeases.OWN + "\" is the queue's own");
        }
    }

    UniqueLeases with(Optional<Cluster> own) {
        return new UniqueLeases(named, own);
    }
}
