package io.muster.queue.clusterstore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Write;
import io.muster.queue.clusterstore.Items.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many jobs an incarnation completed, per queue: written as running totals with the settlements themselves, so that they count exactly
 * once. Used by one thread and for one transaction at a time; the sum over all tallies of an incarnation counts.
 */
final class Tally {
    private final Coordinator coordinator;
    private final Key key;
    private Map<String, Long> totals = new HashMap<>();
    private boolean known;

    /** @param number several transactions at once count into tallies of different numbers */
    Tally(Coordinator coordinator, String incarnation, int number) {
        this.coordinator = coordinator;
        this.key = StoreKeys.tally(incarnation, number);
    }

    static Map<String, Long> completed(Entry entry) {
        Map<String, Long> completed = new HashMap<>();
        Documents.json(entry.value())
                .properties()
                .forEach(field -> completed.put(field.getKey(), field.getValue().asLong()));
        return completed;
    }

    /** After an unknown outcome the totals are what the coordinator has. */
    void doubt() {
        known = false;
    }

    /** The write that counts these items too, if any of them completes a job. */
    List<Write> including(List<Item> items, Map<Item, String> completing) {
        Map<String, Long> next = new TreeMap<>(totals());
        boolean changed = false;
        for (Item item : items) {
            String queue = completing.get(item);
            if (queue != null) {
                next.merge(queue, 1L, Long::sum);
                changed = true;
            }
        }
        if (!changed) {
            return List.of();
        }
        ObjectNode node = Documents.JSON.createObjectNode();
        next.forEach(node::put);
        return List.of(Write.put(key, Documents.json(node)));
    }

    /** What {@link #including} wrote of these items is committed. */
    void committed(List<Item> items, Map<Item, String> completing) {
        for (Item item : items) {
            String queue = completing.get(item);
            if (queue != null) {
                totals().merge(queue, 1L, Long::sum);
            }
        }
    }

    private Map<String, Long> totals() {
        if (!known) {
            totals = new HashMap<>(coordinator.read(key).map(Tally::completed).orElse(Map.of()));
            known = true;
        }
        return totals;
    }
}
