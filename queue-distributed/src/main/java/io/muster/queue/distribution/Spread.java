package io.muster.queue.distribution;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How leadership lies over the nodes, and who should give some away: pure functions of what a node sees. Named groups are spread
 * first, among themselves; the default group, whose leader does the chores, then goes to a node that leads less. Only the node
 * that leads most gives away, one group at a time, and only if that makes two nodes more alike: so it comes to rest. C10
 *
 * @param leaders node names by the groups they lead
 * @param candidates names of the nodes that would lead a group, by group
 */
public record Spread(Map<String, String> leaders, Map<String, Set<String>> candidates) {
    private static final int WORTH_IT = 2;

    public Spread {
        leaders = Map.copyOf(leaders);
        candidates = Map.copyOf(candidates);
    }

    /** The group that this node should give up in favour of one that leads less. */
    public Optional<String> surplus(String node) {
        return ledBy(node).stream()
                .filter(group -> leadsMost(node, group) && ahead(node, group) >= WORTH_IT)
                .max(Comparator.comparing((String group) -> isNamed(group)).thenComparing(group -> group));
    }

    /** How many groups this node leads more than the candidate for the group that leads least. */
    public int ahead(String node, String group) {
        return candidates.getOrDefault(group, Set.of()).stream()
                .mapToInt(candidate -> load(node, group) - load(candidate, group))
                .max()
                .orElse(0);
    }

    private boolean leadsMost(String node, String group) {
        return candidates.getOrDefault(group, Set.of()).stream()
                .filter(other -> !other.equals(node))
                .noneMatch(other -> load(other, group) > load(node, group)
                        || (load(other, group) == load(node, group) && other.compareTo(node) < 0));
    }

    /** What counts when the group is placed: for a named one the named, for the default one all. */
    private int load(String node, String group) {
        return (int) ledBy(node).stream()
                .filter(led -> !isNamed(group) || isNamed(led))
                .count();
    }

    private List<String> ledBy(String node) {
        return leaders.entrySet().stream()
                .filter(led -> led.getValue().equals(node))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isNamed(String group) {
        return !group.equals(QueueGroups.DEFAULT);
    }
}
