package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that were last seen in small directories, so that what they hold can be asked for together with them. Thread-safe. */
final class ZooKeeperNames {
    private static final int MOST_NAMES = 32;
    private static final int MOST_DIRECTORIES = 64;

    /** The directory that was not seen for longest is first. */
    @GuardedBy("this")
    private final Map<String, List<String>> names = new LinkedHashMap<>();

    /** None if nothing is known of the directory, or too much. */
    synchronized List<String> names(String directory) {
        return names.getOrDefault(directory, List.of());
    }

    synchronized void saw(String directory, List<String> present) {
        names.remove(directory);
        if (!present.isEmpty() && present.size() <= MOST_NAMES) {
            names.put(directory, List.copyOf(present));
            if (names.size() > MOST_DIRECTORIES) {
                names.remove(names.keySet().iterator().next());
            }
        }
    }
}
