package io.muster.queue.distribution;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.spi.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which queues are distributed by which leader: each group has an election of its own, so that the work of leading spreads over the
 * nodes. Queues of no group belong to {@link #DEFAULT}, whose leader also does the chores for all. Give every node the same groups:
 * where two differ, both leaders hand the queue out, which loses nothing, but strict order and weights are approximate. C10
 *
 * @param named queues by the name of their group
 */
public record QueueGroups(Map<String, List<String>> named) {
    public static final String DEFAULT = "default";
    public static final QueueGroups NONE = new QueueGroups(Map.of());

    public QueueGroups {
        Map<String, List<String>> copy = new TreeMap<>();
        Map<String, String> owners = new HashMap<>();
        named.forEach((group, queues) -> {
            Key.segment(group);
            if (group.equals(DEFAULT)) {
                throw new ClusterConfigurationException(
                        "Group \"" + DEFAULT + "\" has all queues of no other group; give yours another name");
            }
            if (queues.isEmpty() || queues.stream().anyMatch(String::isBlank)) {
                throw new ClusterConfigurationException(
                        "Group \"" + group + "\" needs queues, as in muster.groups." + group + "=mail,letters");
            }
            for (String queue : queues) {
                String other = owners.put(queue, group);
                if (other != null) {
                    throw new ClusterConfigurationException("Queue \"" + queue + "\" is in group \"" + other
                            + "\" and in \"" + group + "\"; choose one");
                }
            }
            copy.put(group, List.copyOf(queues));
        });
        named = Map.copyOf(copy);
    }

    /** The group of a queue. */
    public String of(String queue) {
        return named.entrySet().stream()
                .filter(group -> group.getValue().contains(queue))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(DEFAULT);
    }

    /** All groups, {@link #DEFAULT} first. */
    public List<String> names() {
        List<String> names = new ArrayList<>(List.of(DEFAULT));
        named.keySet().stream().sorted().forEach(names::add);
        return names;
    }
}
