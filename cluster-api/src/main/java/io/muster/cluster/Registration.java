package io.muster.cluster;

import java.util.Map;
import java.util.Set;

/**
 * What a node says of itself when it joins. Together at most 32 KiB as text (UTF-8), which is enough for a thousand queues. C1
 *
 * @param address host name or address under which others reach it; informative
 * @param port port, 0 if it listens nowhere
 * @param labels fixed properties, such as zone or version
 * @param metadata properties that change, see {@link Cluster#publish}
 * @param jobTypes type names of jobs it can handle
 * @param queues queues it serves
 */
public record Registration(
        String address,
        int port,
        Map<String, String> labels,
        Map<String, String> metadata,
        Set<String> jobTypes,
        Set<String> queues) {
    public Registration {
        labels = Map.copyOf(labels);
        metadata = Map.copyOf(metadata);
        jobTypes = Set.copyOf(jobTypes);
        queues = Set.copyOf(queues);
    }

    public static Registration of(String address, int port) {
        return new Registration(address, port, Map.of(), Map.of(), Set.of(), Set.of());
    }
}
