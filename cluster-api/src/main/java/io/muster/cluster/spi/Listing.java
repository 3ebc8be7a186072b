package io.muster.cluster.spi;

import java.util.List;

/**
 * A page of a directory.
 *
 * @param entries in ascending order of names
 * @param more whether names after the last entry may exist; false means there were none
 */
public record Listing(List<Entry> entries, boolean more) {
    public Listing {
        entries = List.copyOf(entries);
    }
}
