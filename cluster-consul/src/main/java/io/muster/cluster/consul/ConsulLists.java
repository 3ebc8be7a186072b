package io.muster.cluster.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.muster.cluster.consul.ConsulErrors.Effect;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.time.Deadline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pages of directories. Consul answers with all that is beneath a prefix, however little is wanted of it. So of a directory that was large when it was last
 * listed, the names are asked for, and then the values of one page, in transactions that only read.
 *
 * <p>Such a page is a snapshot too: what was written or removed after the names were answered shows by its index, or is missing, and then the whole directory
 * is asked for. Thread-safe.
 */
final class ConsulLists {
    /** A directory is large from so many pages on. */
    private static final int LARGE_PAGES = 3;

    private static final int LEAST_LARGE = 100;

    private final ConsulKeys keys;
    private final ConsulHttp http;
    /** How many children large directories had. */
    private final Map<String, Integer> large = new ConcurrentHashMap<>();

    ConsulLists(ConsulKeys keys, ConsulHttp http) {
        this.keys = keys;
        this.http = http;
    }

    /** An array, and the state of the server that it shows. */
    record Found(JsonNode array, long index) {}

    /** What is at an address beneath the store's, as a consistent read shows it; empty if there is nothing. */
    Optional<Found> found(String address, Deadline deadline) {
        ConsulHttp.Reply reply = http.get(http.inDatacenter("/v1/kv/" + address), deadline);
        if (reply.status() == 404) {
            return Optional.empty();
        }
        if (reply.status() != 200) {
            throw http.errors().refused(reply.status(), reply.body(), Effect.NONE);
        }
        return Optional.of(new Found(http.json(reply), reply.index()));
    }

    Listing page(ListRequest request, Deadline deadline) {
        if (request.values() == ListRequest.Values.OMITTED) {
            return page(request, names(request, found(request, "?keys&consistent", deadline)));
        }
        int size = large.getOrDefault(request.directory(), 0);
        if (size >= (long) LARGE_PAGES * request.limit()) {
            Optional<Listing> page = pageOfLarge(request, deadline);
            if (page.isPresent()) {
                return page.get();
            }
        }
        List<Entry> all = found(request, "?recurse&consistent", deadline)
                .map(found -> ConsulEntries.children(keys, request.directory(), found.array()))
                .orElse(List.of());
        remember(request.directory(), all.size());
        return page(request, all);
    }

    /** Empty if the directory changed in between. */
    private Optional<Listing> pageOfLarge(ListRequest request, Deadline deadline) {
        Optional<Found> found = found(request, "?keys&consistent", deadline);
        List<Entry> names = names(request, found);
        remember(request.directory(), found.map(answer -> answer.array().size()).orElse(0));
        Listing page = page(request, names);
        long index = found.map(Found::index).orElse(0L);
        List<Entry> entries = new ArrayList<>(page.entries().size());
        for (int from = 0; from < page.entries().size(); from += ConsulTransactions.MOST_OPERATIONS) {
            int to = Math.min(page.entries().size(), from + ConsulTransactions.MOST_OPERATIONS);
            Optional<List<Entry>> values = values(page.entries().subList(from, to), index, deadline);
            if (values.isEmpty()) {
                return Optional.empty();
            }
            entries.addAll(values.get());
        }
        return Optional.of(new Listing(entries, page.more()));
    }

    /** What they are, if none of them is newer than {@code index}; else empty. */
    private Optional<List<Entry>> values(List<Entry> names, long index, Deadline deadline) {
        List<Key> wanted = names.stream().map(Entry::key).toList();
        String body = ConsulTransactions.reading(wanted.stream().map(keys::path).toList());
        ConsulHttp.Reply reply = http.put(http.inDatacenter("/v1/txn?consistent"), body, Effect.NONE, deadline);
        if (reply.status() == 409) {
            return Optional.empty();
        }
        if (reply.status() != 200) {
            throw http.errors().refused(reply.status(), reply.body(), Effect.NONE);
        }
        Map<String, JsonNode> byPath = new HashMap<>();
        for (JsonNode result : http.json(reply).path("Results")) {
            byPath.put(result.path("KV").path("Key").asText(), result.path("KV"));
        }
        List<Entry> entries = new ArrayList<>(wanted.size());
        for (Key key : wanted) {
            JsonNode item = byPath.get(keys.path(key));
            if (item == null || item.path("ModifyIndex").asLong() > index) {
                return Optional.empty();
            }
            entries.add(ConsulEntries.entry(key, item));
        }
        return Optional.of(entries);
    }

    private Optional<Found> found(ListRequest request, String how, Deadline deadline) {
        return found(ConsulKeys.inAddress(keys.prefix(request.directory())) + how, deadline);
    }

    private List<Entry> names(ListRequest request, Optional<Found> found) {
        return found.map(answer -> ConsulEntries.names(keys, request, answer.array()))
                .orElse(List.of());
    }

    private void remember(String directory, int children) {
        if (children >= LEAST_LARGE) {
            large.put(directory, children);
        } else {
            large.remove(directory);
        }
    }

    private static Listing page(ListRequest request, List<Entry> all) {
        List<Entry> page = all.stream()
                .filter(entry -> request.after()
                        .map(after -> entry.key().name().compareTo(after) > 0)
                        .orElse(true))
                .limit(request.limit() + 1L)
                .toList();
        boolean more = page.size() > request.limit();
        return new Listing(more ? page.subList(0, request.limit()) : page, more);
    }
}
