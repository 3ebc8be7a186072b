package io.muster.queue.distribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whose turn it is among the queues of a weighted pool: smooth weighted round-robin, counted in jobs that were really assigned. A
 * queue that has nothing gives its turns away and saves none up. Immutable.
 */
final class Turns {
    private final QueueOrder order;
    /** By how much each queue is behind its part, in jobs times the sum of the weights that took part. */
    private final Map<String, Long> behind;

    private Turns(QueueOrder order, Map<String, Long> behind) {
        this.order = order;
        this.behind = Map.copyOf(behind);
    }

    /** Nothing was assigned yet. */
    static Turns of(QueueOrder order) {
        Map<String, Long> even = new HashMap<>();
        order.queues().forEach(queue -> even.put(queue, 0L));
        return new Turns(order, even);
    }

    QueueOrder order() {
        return order;
    }

    /** The queues of the next turns of so many jobs each, among those that may have something; none if none may. */
    List<String> next(int turns, int jobsEach, Predicate<String> mayHave) {
        Set<String> candidates =
                order.queues().stream().filter(mayHave).collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> next = new ArrayList<>();
        Turns now = this;
        for (int i = 0; i < turns; i++) {
            Optional<String> furthest = now.furthestBehind(candidates);
            if (furthest.isEmpty()) {
                break;
            }
            next.add(furthest.get());
            now = now.took(furthest.get(), jobsEach, candidates);
        }
        return next;
    }

    /** The queues by their weights, the heaviest first. */
    List<String> byWeight() {
        return order.queues().stream()
                .sorted(Comparator.comparingInt((String queue) -> -weight(queue)))
                .toList();
    }

    /** So many jobs of the queue were assigned, while these queues, it among them, had something. */
    Turns took(String queue, int jobs, Set<String> hadSomething) {
        Map<String, Long> changed = new HashMap<>(behind);
        long all = 0;
        for (String name : hadSomething) {
            changed.merge(name, (long) weight(name) * jobs, Long::sum);
            all += weight(name);
        }
        changed.merge(queue, -all * jobs, Long::sum);
        return new Turns(order, changed);
    }

    /** All queues but these had nothing: what they were behind is forgotten. */
    Turns onlyOf(Set<String> hadSomething) {
        Map<String, Long> changed = new HashMap<>(behind);
        changed.replaceAll((queue, by) -> hadSomething.contains(queue) ? by : Math.min(0, by));
        return new Turns(order, changed);
    }

    private Optional<String> furthestBehind(Set<String> candidates) {
        return candidates.stream()
                .reduce((best, queue) -> behind(queue) + weight(queue) > behind(best) + weight(best) ? queue : best);
    }

    private long behind(String queue) {
        return behind.getOrDefault(queue, 0L);
    }

    private int weight(String queue) {
        return order.weights().getOrDefault(queue, 0);
    }
}
