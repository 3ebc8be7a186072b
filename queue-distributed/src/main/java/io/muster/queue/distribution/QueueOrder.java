package io.muster.queue.distribution;

import io.muster.cluster.ClusterConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * In which order a pool serves its queues. Strict: a later queue is served only when the earlier ones have nothing for the pool.
 * Weighted: each queue that has something gets its part of the jobs, in the long run exactly, in turns that are spread evenly. Q6
 *
 * @param queues each once; of a strict order the most wanted first
 * @param weights of every queue, 1 to 1000; empty in a strict order
 */
public record QueueOrder(List<String> queues, Map<String, Integer> weights) {
    private static final int MOST_WEIGHT = 1000;

    public QueueOrder {
        queues = List.copyOf(new LinkedHashSet<>(queues));
        weights = Map.copyOf(weights);
        if (!weights.isEmpty() && !weights.keySet().equals(new LinkedHashSet<>(queues))) {
            throw new ClusterConfigurationException(
                    "Either every queue has a weight or none: " + queues + " and " + weights);
        }
        weights.forEach((queue, weight) -> {
            if (weight < 1 || weight > MOST_WEIGHT) {
                throw new ClusterConfigurationException(
                        "The weight of queue \"" + queue + "\" must be 1 to " + MOST_WEIGHT + ", not " + weight);
            }
        });
    }

    public static QueueOrder strict(String... queues) {
        return strict(List.of(queues));
    }

    public static QueueOrder strict(List<String> queues) {
        return new QueueOrder(queues, Map.of());
    }

    /** Queues with their weights, in the order that decides when turns are equal. */
    public static QueueOrder weighted(Map<String, Integer> weights) {
        return new QueueOrder(List.copyOf(weights.keySet()), weights);
    }

    /**
     * From text: {@code high,default} is strict; {@code high=5,default=1} is weighted, and a queue without a number weighs 1 then.
     *
     * @throws ClusterConfigurationException a name is empty or a weight is no number from 1 to 1000
     */
    public static QueueOrder parse(String text) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        List<String> queues = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            String queue = (equals < 0 ? part : part.substring(0, equals)).strip();
            if (queue.isEmpty()) {
                throw new ClusterConfigurationException("A queue has no name in \"" + text
                        + "\"; write high,default (strict) or high=5,default=1 (weighted)");
            }
            queues.add(queue);
            if (equals >= 0) {
                weights.put(queue, weight(part.substring(equals + 1).strip(), queue));
            }
        }
        if (weights.isEmpty()) {
            return strict(queues);
        }
        Map<String, Integer> all = new LinkedHashMap<>();
        queues.forEach(queue -> all.put(queue, weights.getOrDefault(queue, 1)));
        return weighted(all);
    }

    public boolean isWeighted() {
        return !weights.isEmpty();
    }

    /**
     * Its queues as they are to be asked for once: in strict order as they stand, by weights as a draw says in which each comes first
     * as often as its weight. For who keeps no turns.
     */
    public List<String> drawn(RandomGenerator random) {
        List<String> left = new ArrayList<>(queues);
        List<String> drawn = new ArrayList<>();
        while (isWeighted() && !left.isEmpty()) {
            int ticket = random.nextInt(left.stream().mapToInt(this::weight).sum());
            int next = 0;
            while (ticket >= weight(left.get(next))) {
                ticket -= weight(left.get(next));
                next++;
            }
            drawn.add(left.remove(next));
        }
        drawn.addAll(left);
        return drawn;
    }

    /** The same order of some of its queues. */
    public QueueOrder only(Predicate<String> kept) {
        Map<String, Integer> some = new LinkedHashMap<>(weights);
        some.keySet().removeIf(kept.negate());
        return new QueueOrder(queues.stream().filter(kept).toList(), some);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return String.join(
                ",",
                queues.stream()
                        .map(queue -> isWeighted() ? queue + "=" + weights.get(queue) : queue)
                        .toList());
    }

    private int weight(String queue) {
        return weights.getOrDefault(queue, 1);
    }

    private static int weight(String text, String queue) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ClusterConfigurationException("The weight of queue \"" + queue + "\" is \"" + text
                    + "\"; it must be a number, as in high=5,default=1");
        }
    }
}
