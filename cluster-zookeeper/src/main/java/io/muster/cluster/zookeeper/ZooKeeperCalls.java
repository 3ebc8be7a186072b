package io.muster.cluster.zookeeper;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper's asynchronous requests as futures. Only they can be bounded in time; several sent in a row to one handle are
 * answered in that order. Futures fail with {@link KeeperException}.
 */
final class ZooKeeperCalls {
    private ZooKeeperCalls() {}

    /** What a node held. */
    record Node(byte[] data, Stat stat) {}

    /** Names of children, none if the parent does not exist, and what was asked for besides. */
    record Children(List<String> names, List<Optional<Node>> nodes) {}

    /** How a multi ended: all results, or the first failure. */
    record Multi(List<OpResult> results) {
        /** Index of the operation because of which nothing was applied; −1 if everything was. */
        int failed() {
            for (int i = 0; i < results.size(); i++) {
                if (error(i) != Code.OK) {
                    return i;
                }
            }
            return -1;
        }

        Code error(int index) {
            return results.get(index) instanceof OpResult.ErrorResult error ? code(error.getErr()) : Code.OK;
        }

        Stat stat(int index) {
            return ((OpResult.SetDataResult) results.get(index)).getStat();
        }
    }

    static CompletableFuture<Optional<Stat>> exists(ZooKeeper zk, String path) {
        CompletableFuture<Optional<Stat>> reply = new CompletableFuture<>();
        zk.exists(
                path,
                false,
                (int rc, String p, Object c, Stat stat) -> complete(reply, rc, Optional.ofNullable(stat)),
                null);
        return reply;
    }

    static CompletableFuture<Optional<Node>> data(ZooKeeper zk, String path) {
        CompletableFuture<Optional<Node>> reply = new CompletableFuture<>();
        zk.getData(
                path,
                false,
                (rc, p, c, data, stat) -> complete(
                        reply,
                        rc,
                        stat == null
                                ? Optional.empty()
                                : Optional.of(new Node(data == null ? new byte[0] : data, stat))),
                null);
        return reply;
    }

    /** The nodes in the order of their paths, empty for those that do not exist: one request. */
    static CompletableFuture<List<Optional<Node>>> data(ZooKeeper zk, List<String> paths) {
        return reads(zk, paths.stream().map(Op::getData).toList(), results -> nodes(results));
    }

    /** As {@link #children} and {@link #data(ZooKeeper, List)}, in that order: one request. */
    static CompletableFuture<Children> childrenAndData(ZooKeeper zk, String parent, List<String> paths) {
        List<Op> operations = new ArrayList<>();
        operations.add(Op.getChildren(parent));
        paths.forEach(path -> operations.add(Op.getData(path)));
        return reads(
                zk,
                operations,
                results -> new Children(
                        found(results.get(0), OpResult.GetChildrenResult.class)
                                .map(OpResult.GetChildrenResult::getChildren)
                                .orElse(List.of()),
                        nodes(results.subList(1, results.size()))));
    }

    private static <T> CompletableFuture<T> reads(
            ZooKeeper zk, List<Op> operations, Function<List<OpResult>, T> translated) {
        return multi(zk, operations).thenApply(reply -> {
            for (int i = 0; i < reply.results().size(); i++) {
                Code error = reply.error(i);
                if (error != Code.OK && error != Code.NONODE) {
                    throw new CompletionException(KeeperException.create(error));
                }
            }
            return translated.apply(reply.results());
        });
    }

    private static List<Optional<Node>> nodes(List<OpResult> results) {
        return results.stream()
                .map(result -> found(result, OpResult.GetDataResult.class).map(ZooKeeperCalls::node))
                .toList();
    }

    private static Node node(OpResult.GetDataResult found) {
        byte[] data = found.getData();
        return new Node(data == null ? new byte[0] : data, found.getStat());
    }

    private static <T extends OpResult> Optional<T> found(OpResult result, Class<T> type) {
        return Optional.of(result).filter(type::isInstance).map(type::cast);
    }

    /** Names of the children, none if the node does not exist. */
    static CompletableFuture<Optional<List<String>>> children(ZooKeeper zk, String path) {
        CompletableFuture<Optional<List<String>>> reply = new CompletableFuture<>();
        zk.getChildren(
                path,
                false,
                (int rc, String p, Object c, List<String> names) -> complete(reply, rc, Optional.ofNullable(names)),
                null);
        return reply;
    }

    /** Reads sent after it to the same handle see everything committed before it. */
    static CompletableFuture<@Nullable Void> sync(ZooKeeper zk, String path) {
        CompletableFuture<@Nullable Void> reply = new CompletableFuture<>();
        zk.sync(path, (rc, p, c) -> complete(reply, rc), null);
        return reply;
    }

    /** Creates a persistent node; that it exists already is fine, so this may be repeated. */
    static CompletableFuture<@Nullable Void> ensure(ZooKeeper zk, String path, byte[] data, List<ACL> acl) {
        CompletableFuture<@Nullable Void> reply = new CompletableFuture<>();
        zk.create(
                path,
                data,
                acl,
                CreateMode.PERSISTENT,
                (int rc, String p, Object c, String created) ->
                        complete(reply, code(rc) == Code.NODEEXISTS ? Code.OK.intValue() : rc),
                null);
        return reply;
    }

    /** Tells {@code watcher} about every change of the node's children until the session ends. */
    static CompletableFuture<@Nullable Void> watch(ZooKeeper zk, String path, Watcher watcher) {
        CompletableFuture<@Nullable Void> reply = new CompletableFuture<>();
        zk.addWatch(path, watcher, AddWatchMode.PERSISTENT_RECURSIVE, (rc, p, c) -> complete(reply, rc), null);
        return reply;
    }

    /** Removes all watchers of the path, at the server too. */
    static void unwatch(ZooKeeper zk, String path) {
        zk.removeAllWatches(path, WatcherType.Any, true, (rc, p, c) -> {}, null);
    }

    /** Removes one of several watchers, which the server does not tell apart. */
    static void unwatch(ZooKeeper zk, String path, Watcher watcher) {
        zk.removeWatches(path, watcher, WatcherType.Any, true, (rc, p, c) -> {}, null);
    }

    static CompletableFuture<Multi> multi(ZooKeeper zk, List<Op> operations) {
        CompletableFuture<Multi> reply = new CompletableFuture<>();
        zk.multi(
                operations,
                (rc, p, c, results) -> {
                    if (results == null) {
                        complete(reply, rc == 0 ? Code.MARSHALLINGERROR.intValue() : rc);
                    } else {
                        reply.complete(new Multi(results));
                    }
                },
                null);
        return reply;
    }

    /** The reply; {@link Code#OPERATIONTIMEOUT} if there is none in time. */
    static <T extends @Nullable Object> T await(CompletableFuture<T> reply, Timeline timeline, Deadline deadline)
            throws KeeperException {
        if (!timeline.await(reply, deadline)) {
            throw KeeperException.create(Code.OPERATIONTIMEOUT);
        }
        try {
            return reply.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof KeeperException cause) {
                throw KeeperException.create(cause.code(), cause.getPath());
            }
            throw e;
        }
    }

    private static <T> void complete(CompletableFuture<Optional<T>> reply, int rc, Optional<T> result) {
        if (rc == Code.OK.intValue()) {
            reply.complete(result);
        } else if (rc == Code.NONODE.intValue()) {
            reply.complete(Optional.empty());
        } else {
            reply.completeExceptionally(KeeperException.create(code(rc)));
        }
    }

    private static void complete(CompletableFuture<?> reply, int rc) {
        if (rc == Code.OK.intValue()) {
            reply.complete(null);
        } else {
            reply.completeExceptionally(KeeperException.create(code(rc)));
        }
    }

    /** Codes that this client does not know are treated as a system error. */
    private static Code code(int rc) {
        Code known = Code.get(rc);
        return known == null ? Code.SYSTEMERROR : known;
    }
}
