package io.muster.queue.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A queue of a connection, as {@code connection:queue} or {@code queue} names it.
 *
 * @param connection empty: the default one
 */
public record MonitoredQueue(Optional<String> connection, String queue) {
    /**
     * From {@code redis:default,redis:deployments}.
     *
     * @throws IllegalArgumentException a name is empty
     */
    public static List<MonitoredQueue> parse(String list) {
        List<MonitoredQueue> queues = new ArrayList<>();
        for (String name : list.split(",", -1)) {
            int colon = name.indexOf(':');
            String connection = colon < 0 ? "" : name.substring(0, colon).strip();
            String queue = name.substring(colon + 1).strip();
            if (queue.isEmpty() || (colon >= 0 && connection.isEmpty())) {
                throw new IllegalArgumentException(
                        "\"" + list + "\" is no list of queues; write QUEUE or CONNECTION:QUEUE, separated by commas");
            }
            queues.add(new MonitoredQueue(connection.isEmpty() ? Optional.empty() : Optional.of(connection), queue));
        }
        return queues;
    }

    /** Whether it is one of {@code name}'s, where {@code defaultName} is the default connection. */
    public boolean isOf(String name, String defaultName) {
        return connection.orElse(defaultName).equals(name);
    }

    @Override
    public String toString() {
        return connection.map(name -> name + ":").orElse("") + queue;
    }
}
