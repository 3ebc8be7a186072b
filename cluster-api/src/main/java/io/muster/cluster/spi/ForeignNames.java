package io.muster.cluster.spi;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others put into a directory of the namespace and cannot be an entry of ours: it is skipped, and said once. For backends,
 * whose servers list whatever is there. Thread-safe.
 */
public final class ForeignNames {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignNames.class);
    /** Beyond them it is skipped in silence. */
    private static final int MOST_SAID = 1_000;

    private static final int MOST_CHARACTERS = 100;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /** The key of that name; empty if it cannot be one. */
    public Optional<Key> key(String directory, String name) {
        if (Key.isSegment(name)) {
            return Optional.of(new Key(directory, name));
        }
        skipped(directory, name, "its name is no key");
        return Optional.empty();
    }

    /** Says once that an entry is skipped, and why. */
    public void skipped(String directory, String name, String reason) {
        if (said.size() < MOST_SAID && said.add(directory + "//" + name)) {
            LOG.warn(
                    "Skipping what is no entry of ours; remove it directory={} name={} reason={}",
                    directory,
                    printable(name),
                    reason);
        }
    }

    /** As far as a line of a log can have it. */
    private static String printable(String name) {
        String cut = name.length() > MOST_CHARACTERS ? name.substring(0, MOST_CHARACTERS) + "…" : name;
        return cut.replaceAll("\\p{C}", "?");
    }
}
