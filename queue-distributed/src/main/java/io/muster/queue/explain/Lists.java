package io.muster.queue.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Who has what, in words. */
final class Lists {
    private Lists() {}

    /** Names with what belongs to them; of what is empty nothing. */
    static Map<String, Object> details(Object... namesAndValues) {
        Map<String, Object> details = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = (String) namesAndValues[i];
            Object value = namesAndValues[i + 1];
            if (value instanceof Optional<?> perhaps) {
                perhaps.ifPresent(there -> details.put(name, there));
            } else {
                details.put(name, value);
            }
        }
        return details;
    }

    static String each(Map<String, List<String>> byNode, String none, String verb) {
        if (byNode.isEmpty()) {
            return none;
        }
        return new TreeMap<>(byNode)
                .entrySet().stream()
                        .map(node -> node.getKey() + " " + verb + " "
                                + (node.getValue().isEmpty() ? "nothing" : String.join(", ", node.getValue())))
                        .collect(Collectors.joining("; "));
    }
}
