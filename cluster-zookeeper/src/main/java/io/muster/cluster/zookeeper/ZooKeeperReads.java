package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.ListRequest.Values;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Version;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Children;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** Requests that may be repeated on the next connection until the deadline. Thread-safe. */
final class ZooKeeperReads {
    private static final byte[] EMPTY = {};
    /** Nodes per request: an answer of as many of the largest values stays below what a client accepts. */
    private static final int MOST_AT_ONCE = 100;

    private final ZooKeeperConnection connection;
    private final ZooKeeperKeys keys;
    private final ZooKeeperAcl acl;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;
    private final ZooKeeperNames recent = new ZooKeeperNames();

    ZooKeeperReads(
            ZooKeeperConnection connection,
            ZooKeeperKeys keys,
            ZooKeeperAcl acl,
            Timeline timeline,
            ZooKeeperErrors errors) {
        this.connection = connection;
        this.keys = keys;
        this.acl = acl;
        this.timeline = timeline;
        this.errors = errors;
    }

    /** Asks one handle one or more things. */
    @FunctionalInterface
    interface Request<T> {
        T ask(ZooKeeper zk) throws KeeperException;
    }

    static Version version(Stat stat) {
        return new Version(stat.getMzxid(), stat.getVersion());
    }

    static Entry entry(Key key, Node node) {
        Stat stat = node.stat();
        Optional<String> session = stat.getEphemeralOwner() == 0
                ? Optional.empty()
                : Optional.of(ZooKeeperSession.id(stat.getEphemeralOwner()));
        return new Entry(key, node.data(), version(stat), stat.getCzxid(), session);
    }

    <T> T reading(String action, Deadline deadline, Request<T> request) {
        while (true) {
            ZooKeeper zk = connection.connected(deadline);
            try {
                return request.ask(zk);
            } catch (KeeperException e) {
                if (!ZooKeeperErrors.isConnectionTrouble(e) || deadline.expired()) {
                    throw errors.reading(action, e);
                }
            }
        }
    }

    Optional<Entry> read(Key key, Deadline deadline) {
        return node(keys.path(key), deadline).map(node -> entry(key, node));
    }

    /** The newest committed state of a node. */
    Optional<Node> node(String path, Deadline deadline) {
        return reading("read " + path, deadline, zk -> {
            CompletableFuture<@Nullable Void> synced = ZooKeeperCalls.sync(zk, keys.root());
            CompletableFuture<Optional<Node>> reply = ZooKeeperCalls.data(zk, path);
            ZooKeeperCalls.await(synced, timeline, deadline);
            return ZooKeeperCalls.await(reply, timeline, deadline);
        });
    }

    /** Creates a persistent node, holding this if it does not exist; its parent must. */
    void ensure(String path, byte[] data, Deadline deadline) {
        ensure(path, data, acl.namespace(), deadline);
    }

    private void ensure(String path, byte[] data, List<ACL> access, Deadline deadline) {
        reading("create " + path, deadline, zk -> {
            // Whoever may not create here may still use what an operator has created.
            boolean exists = ZooKeeperCalls.await(ZooKeeperCalls.exists(zk, path), timeline, deadline)
                    .isPresent();
            if (!exists) {
                ZooKeeperCalls.await(ZooKeeperCalls.ensure(zk, path, data, access), timeline, deadline);
            }
            return exists;
        });
    }

    /** Creates the nodes that every namespace has. */
    void ensureNamespace(Deadline deadline) {
        for (String above : keys.above()) {
            ensure(above, EMPTY, acl.above(), deadline);
        }
        for (String path : List.of(keys.root(), keys.directories(), keys.revision(), keys.creations())) {
            ensure(path, EMPTY, deadline);
        }
        reading("create " + keys.creations(), deadline, zk -> {
            Set<String> missing = new LinkedHashSet<>(keys.counters());
            ZooKeeperCalls.await(ZooKeeperCalls.children(zk, keys.creations()), timeline, deadline)
                    .orElse(List.of())
                    .forEach(name -> missing.remove(keys.creations() + "/" + name));
            List<CompletableFuture<@Nullable Void>> created = new ArrayList<>();
            missing.forEach(path -> created.add(ZooKeeperCalls.ensure(zk, path, EMPTY, acl.namespace())));
            for (CompletableFuture<@Nullable Void> one : created) {
                ZooKeeperCalls.await(one, timeline, deadline);
            }
            return missing.size();
        });
    }

    Listing list(ListRequest request, Deadline deadline) {
        return reading("list " + keys.directory(request.directory()), deadline, zk -> list(zk, request, deadline));
    }

    /** What was there the last time is asked for in the same request as the names. */
    private Listing list(ZooKeeper zk, ListRequest request, Deadline deadline) throws KeeperException {
        String directory = request.directory();
        List<String> expected = request.values() == Values.OMITTED ? List.of() : recent.names(directory);
        CompletableFuture<@Nullable Void> synced = ZooKeeperCalls.sync(zk, keys.root());
        CompletableFuture<Children> reply =
                ZooKeeperCalls.childrenAndData(zk, keys.directory(directory), paths(keys, directory, expected));
        ZooKeeperCalls.await(synced, timeline, deadline);
        Children children = ZooKeeperCalls.await(reply, timeline, deadline);
        List<String> all = keys.names(directory, children.names());
        List<String> names = new ArrayList<>(all);
        request.after().ifPresent(after -> names.removeIf(name -> name.compareTo(after) <= 0));
        names.sort(null);
        boolean more = names.size() > request.limit();
        List<String> page = more ? names.subList(0, request.limit()) : names;
        if (request.values() == Values.OMITTED) {
            return new Listing(
                    page.stream().map(name -> nameOnly(directory, name)).toList(), more);
        }
        recent.saw(directory, all);
        Map<String, Optional<Entry>> found = entries(directory, expected, children.nodes());
        List<String> unexpected = page.stream()
                .filter(name -> found.getOrDefault(name, Optional.empty()).isEmpty())
                .toList();
        found.putAll(states(zk, keys, directory, unexpected, timeline, deadline));
        List<Entry> present = page.stream()
                .flatMap(name -> found.getOrDefault(name, Optional.empty()).stream())
                .toList();
        return new Listing(present, more);
    }

    private static Entry nameOnly(String directory, String name) {
        return new Entry(new Key(directory, name), EMPTY, new Version(0, 0), 0, Optional.empty());
    }

    private static List<String> paths(ZooKeeperKeys keys, String directory, List<String> names) {
        return names.stream().map(name -> keys.path(new Key(directory, name))).toList();
    }

    private static Map<String, Optional<Entry>> entries(
            String directory, List<String> names, List<Optional<Node>> nodes) {
        Map<String, Optional<Entry>> entries = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Key key = new Key(directory, names.get(i));
            entries.put(key.name(), nodes.get(i).map(node -> entry(key, node)));
        }
        return entries;
    }

    /** The present states of several entries, asked for at once; empty for those that are gone. */
    static Map<String, Optional<Entry>> states(
            ZooKeeper zk,
            ZooKeeperKeys keys,
            String directory,
            Collection<String> names,
            Timeline timeline,
            Deadline deadline)
            throws KeeperException {
        List<String> all = List.copyOf(names);
        List<CompletableFuture<List<Optional<Node>>>> replies = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
            List<String> some = all.subList(from, Math.min(from + MOST_AT_ONCE, all.size()));
            replies.add(ZooKeeperCalls.data(zk, paths(keys, directory, some)));
        }
        List<Optional<Node>> nodes = new ArrayList<>();
        for (CompletableFuture<List<Optional<Node>>> reply : replies) {
            nodes.addAll(ZooKeeperCalls.await(reply, timeline, deadline));
        }
        return entries(directory, all, nodes);
    }
}
