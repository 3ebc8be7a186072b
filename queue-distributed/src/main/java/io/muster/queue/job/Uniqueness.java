package io.muster.queue.job;

import io.muster.cluster.spi.Key;
import io.muster.queue.store.UniqueKey;
import java.util.Optional;

/**
 * What a job is unique by, within its type. J5
 *
 * @param id empty: the type alone, or nothing if this is {@link #NONE}
 */
public record Uniqueness(Optional<String> id, boolean isUnique) {
    /** At most one live job of its type. */
    public static final Uniqueness BY_TYPE = new Uniqueness(Optional.empty(), true);

    /** Not unique. */
    public static final Uniqueness NONE = new Uniqueness(Optional.empty(), false);

    /** At most one live job of its type with this id. */
    public Uniqueness(Optional<String> id) {
        this(id, true);
    }

    /**
     * The key that a job of {@code type} holds as its options say; empty if they do not make it unique.
     *
     * @throws IllegalArgumentException they say how long or where a key is held, but nobody says that the job is unique
     */
    public static Optional<UniqueKey> key(String type, JobOptions options) {
        if (options.unique().isEmpty()
                && (options.uniqueFor().isPresent()
                        || options.uniqueUntil().isPresent()
                        || options.uniqueVia().isPresent())) {
            throw new IllegalArgumentException(
                    "Jobs of type \"" + type
                            + "\" have uniqueFor, uniqueUntil or uniqueVia, but nobody says that they are unique; say unique too");
        }
        return options.unique()
                .filter(Uniqueness::isUnique)
                .map(by -> new UniqueKey(
                        by.within(type),
                        options.uniqueFor(),
                        options.uniqueUntil().orElse(UniqueKey.Until.SETTLED)));
    }

    /** No id can look like another type's. */
    private String within(String type) {
        return id.map(own -> Key.segment(type) + "/" + own).orElseGet(() -> Key.segment(type));
    }
}
