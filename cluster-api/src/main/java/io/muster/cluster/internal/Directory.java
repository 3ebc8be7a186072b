package io.muster.cluster.internal;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.time.Deadline;
import java.util.ArrayList;
import java.util.List;

/** Reads whole directories, page by page. */
final class Directory {
    private static final int PAGE = 500;

    private Directory() {}

    static List<Entry> entries(Backend backend, String directory, Deadline deadline) {
        return all(backend, ListRequest.first(directory, PAGE), deadline);
    }

    static List<Entry> names(Backend backend, String directory, Deadline deadline) {
        return all(backend, ListRequest.first(directory, PAGE).namesOnly(), deadline);
    }

    private static List<Entry> all(Backend backend, ListRequest first, Deadline deadline) {
        List<Entry> entries = new ArrayList<>();
        ListRequest request = first;
        while (true) {
            Listing listing = backend.list(request, deadline);
            entries.addAll(listing.entries());
            if (!listing.more() || listing.entries().isEmpty()) {
                return entries;
            }
            request = request.after(
                    listing.entries().get(listing.entries().size() - 1).key().name());
        }
    }
}
