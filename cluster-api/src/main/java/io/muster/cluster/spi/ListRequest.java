package io.muster.cluster.spi;

import java.util.Optional;

/**
 * Which page of a directory to list.
 *
 * @param after list only names greater than this one
 * @param limit most entries of the page, 1 to 10,000; a backend may return fewer and say that there is more
 * @param values whether entries carry their values; without, values are empty and it costs less
 */
public record ListRequest(String directory, Optional<String> after, int limit, Values values) {
    public ListRequest {
        Key.checkDirectory(directory);
        if (limit < 1 || limit > 10_000) {
            throw new IllegalArgumentException("A page has 1 to 10,000 entries, not " + limit);
        }
    }

    public static ListRequest first(String directory, int limit) {
        return new ListRequest(directory, Optional.empty(), limit, Values.INCLUDED);
    }

    public ListRequest after(String name) {
        return new ListRequest(directory, Optional.of(name), limit, values);
    }

    public ListRequest namesOnly() {
        return new ListRequest(directory, after, limit, Values.OMITTED);
    }

    /** Whether values are read. Without them, versions may be absent too: only {@code key} of each entry counts. */
    public enum Values {
        INCLUDED,
        OMITTED
    }
}
