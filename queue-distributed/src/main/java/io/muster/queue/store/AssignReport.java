package io.muster.queue.store;

import java.util.List;
import java.util.Map;

/**
 * What an assignment did and what it saw.
 *
 * @param assigned jobs assigned, in the order of the grants
 * @param ready ready jobs left per queue that a grant named, as far as counting was cheap: exact or a lower bound, above 0
 *     while there are any, also if no pool had room for them
 */
public record AssignReport(List<Integer> assigned, Map<String, Integer> ready) {
    public AssignReport {
        assigned = List.copyOf(assigned);
        ready = Map.copyOf(ready);
    }

    public int total() {
        return assigned.stream().mapToInt(Integer::intValue).sum();
    }
}
