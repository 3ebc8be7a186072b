package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Who watches which path, so that the server's watch on it ends with the last of them: the client's own removal of one
 * watcher leaves it there. Requests are sent under the lock, hence in the order in which the sets change. Thread-safe.
 */
final class ZooKeeperWatchers {
    @GuardedBy("this")
    private final Map<String, Set<Watcher>> byPath = new HashMap<>();

    synchronized CompletableFuture<@Nullable Void> add(ZooKeeper zk, String path, Watcher watcher) {
        byPath.computeIfAbsent(path, absent -> new HashSet<>()).add(watcher);
        return ZooKeeperCalls.watch(zk, path, watcher);
    }

    /** Waits for nothing: what still arrives is ignored. */
    synchronized void remove(ZooKeeper zk, String path, Watcher watcher) {
        Set<Watcher> watchers = byPath.getOrDefault(path, new HashSet<>());
        watchers.remove(watcher);
        if (watchers.isEmpty()) {
            byPath.remove(path);
            ZooKeeperCalls.unwatch(zk, path);
        } else {
            ZooKeeperCalls.unwatch(zk, path, watcher);
        }
    }
}
