package io.muster.queue;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dispatch of a chain or a batch while its jobs become links: where it has got to, and what of it is ignored. Not thread-safe. */
final class Linking {
    private static final Logger LOG = LoggerFactory.getLogger(Linking.class);

    private final Set<String> keyed;
    private boolean away;
    private boolean wasAway;
    private boolean waits;

    Linking() {
        this(new TreeSet<>());
    }

    private Linking(Set<String> keyed) {
        this.keyed = keyed;
    }

    /** For a batch within it. */
    Linking within() {
        return new Linking(keyed);
    }

    /** The connection to name in a link: its own one too, if the link before it runs elsewhere. */
    Optional<String> target(Optional<String> named, boolean own) {
        return named.filter(name -> !own || away);
    }

    /** It runs on the connection that it names, else where the one before it ran. */
    void linked(Optional<String> named, boolean own) {
        if (named.isPresent()) {
            away = !own;
            wasAway |= away;
        }
    }

    /** What comes now may follow on any link. */
    void anywhere() {
        away = wasAway;
    }

    void ignoresKey(String type) {
        keyed.add(type);
    }

    void waitsForCommit() {
        waits = true;
    }

    /** Whether one of the jobs waits for open transactions. */
    boolean waits() {
        return waits;
    }

    /** Once for all of it. */
    void warn() {
        if (!keyed.isEmpty()) {
            LOG.warn("Jobs of a chain or batch are not unique: their keys are ignored types={}", keyed);
        }
    }
}
