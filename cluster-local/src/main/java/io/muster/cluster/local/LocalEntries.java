package io.muster.cluster.local;

import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/** All entries of a coordinator and its one growing revision. Not thread-safe: owned by the coordinator's lock. */
final class LocalEntries {
    private final Map<String, NavigableMap<String, Entry>> directories = new HashMap<>();
    private final Map<String, Set<Place>> boundBySession = new HashMap<>();
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>((a, b) -> Long.signum(a.atNanos - b.atNanos));
    private long revision;

    Optional<Entry> read(Place place) {
        return Optional.ofNullable(directory(place.directory).get(place.name));
    }

    List<Entry> children(String directory) {
        return List.copyOf(directory(directory).values());
    }

    Listing list(String directory, ListRequest request) {
        NavigableMap<String, Entry> children = directory(directory);
        NavigableMap<String, Entry> following =
                request.after().map(name -> children.tailMap(name, false)).orElse(children);
        List<Entry> page = new ArrayList<>();
        for (Entry entry : following.values()) {
            if (page.size() == request.limit()) {
                return new Listing(page, true);
            }
            page.add(request.values() == ListRequest.Values.INCLUDED ? entry : withoutValue(entry));
        }
        return new Listing(page, false);
    }

    /** Applies all or nothing; the keys written are {@link Applied#changed}. */
    Applied commit(String namespace, Transaction transaction, long nowNanos) {
        Set<Key> failed = failedCompares(namespace, transaction);
        if (!failed.isEmpty()) {
            return new Applied(new Conflict(failed), Set.of());
        }
        transaction.writes().forEach(write -> refusePutOverBound(namespace, write));
        revision++;
        Map<Key, Version> versions = new HashMap<>();
        Set<Place> changed = new LinkedHashSet<>();
        for (Write write : transaction.writes()) {
            Place place = Place.of(namespace, write.key());
            if (write instanceof Write.Delete) {
                remove(place);
            } else {
                versions.put(write.key(), store(place, write, nowNanos).version());
            }
            changed.add(place);
        }
        return new Applied(new Committed(revision, versions), changed);
    }

    /** Removes all that is bound to a session. */
    Set<Place> endSession(String session) {
        Set<Place> ended = boundBySession.getOrDefault(session, Set.of());
        Set<Place> removed = Set.copyOf(ended);
        removed.forEach(this::remove);
        return removed;
    }

    /** Removes all whose own TTL has passed. */
    Set<Place> expire(long nowNanos) {
        Set<Place> removed = new HashSet<>();
        Expiry next = expiries.peek();
        while (next != null && next.atNanos - nowNanos <= 0) {
            expiries.remove();
            Optional<Entry> present = read(next.place);
            if (present.isPresent() && present.get().version().equals(next.version)) {
                remove(next.place);
                removed.add(next.place);
            }
            next = expiries.peek();
        }
        return removed;
    }

    private Set<Key> failedCompares(String namespace, Transaction transaction) {
        Set<Key> failed = new HashSet<>();
        for (Compare compare : transaction.compares()) {
            if (!holds(compare, read(Place.of(namespace, compare.key())))) {
                failed.add(compare.key());
            }
        }
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Bind
                    && read(Place.of(namespace, write.key())).isPresent()) {
                failed.add(write.key());
            }
        }
        return failed;
    }

    private static boolean holds(Compare compare, Optional<Entry> present) {
        if (compare instanceof Compare.Absent) {
            return present.isEmpty();
        }
        if (compare instanceof Compare.Unchanged unchanged) {
            return present.map(Entry::version)
                    .filter(unchanged.version()::equals)
                    .isPresent();
        }
        return present.isPresent();
    }

    private void refusePutOverBound(String namespace, Write write) {
        if (write instanceof Write.Put
                && read(Place.of(namespace, write.key()))
                        .flatMap(Entry::session)
                        .isPresent()) {
            throw new IllegalArgumentException("A bound entry cannot be overwritten: " + write.key());
        }
    }

    private Entry store(Place place, Write write, long nowNanos) {
        long created = read(place).map(Entry::created).orElse(revision);
        Version version = new Version(revision, 0);
        Entry entry;
        if (write instanceof Write.Bind bind) {
            String session = bind.session().id();
            entry = new Entry(bind.key(), bind.value().clone(), version, created, Optional.of(session));
            boundBySession
                    .computeIfAbsent(session, absent -> new LinkedHashSet<>())
                    .add(place);
        } else {
            Write.Put put = (Write.Put) write;
            entry = new Entry(put.key(), put.value().clone(), version, created, Optional.empty());
            put.ttl().ifPresent(ttl -> expiries.add(new Expiry(nowNanos + ttl.toNanos(), place, version)));
        }
        directories.computeIfAbsent(place.directory, absent -> new TreeMap<>()).put(place.name, entry);
        return entry;
    }

    private void remove(Place place) {
        NavigableMap<String, Entry> children = directory(place.directory);
        Entry removed = children.isEmpty() ? null : children.remove(place.name);
        if (removed == null) {
            return;
        }
        if (children.isEmpty()) {
            directories.remove(place.directory);
        }
        removed.session().ifPresent(session -> {
            Set<Place> bound = boundBySession.getOrDefault(session, new HashSet<>());
            bound.remove(place);
            if (bound.isEmpty()) {
                boundBySession.remove(session);
            }
        });
    }

    private NavigableMap<String, Entry> directory(String directory) {
        NavigableMap<String, Entry> children = directories.get(directory);
        return children == null ? Collections.emptyNavigableMap() : children;
    }

    private static Entry withoutValue(Entry entry) {
        return new Entry(entry.key(), new byte[0], entry.version(), entry.created(), entry.session());
    }

    /** What a transaction came to. */
    record Applied(CommitResult result, Set<Place> changed) {}

    /** Where an entry is: its directory within the whole coordinator, and its name. */
    record Place(String directory, String name) {
        static Place of(String namespace, Key key) {
            return new Place(path(namespace, key.directory()), key.name());
        }

        static String path(String namespace, String directory) {
            return namespace + "/" + directory;
        }
    }

    private record Expiry(long atNanos, Place place, Version version) {}
}
