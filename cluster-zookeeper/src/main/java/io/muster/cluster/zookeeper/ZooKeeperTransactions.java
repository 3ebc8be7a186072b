package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Multi;
import io.muster.cluster.zookeeper.ZooKeeperPlan.Meaning;
import io.muster.cluster.zookeeper.ZooKeeperPlan.Seen;
import io.muster.cluster.zookeeper.ZooKeeperPlan.Step;
import io.muster.cluster.zookeeper.ZooKeeperTraces.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Commits: looks where the plan needs it, sends one multi, and does both again only after an answer that says that nothing
 * was applied. Thread-safe.
 */
final class ZooKeeperTransactions {
    private static final byte[] EMPTY = {};

    /** One wrong guess costs the whole multi. */
    private static final int MOST_GUESSES = 8;

    private final ZooKeeperTraces traces = new ZooKeeperTraces();
    private final ZooKeeperReads reads;
    private final ZooKeeperKeys keys;
    private final List<ACL> acl;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;

    ZooKeeperTransactions(
            ZooKeeperReads reads, ZooKeeperKeys keys, List<ACL> acl, Timeline timeline, ZooKeeperErrors errors) {
        this.reads = reads;
        this.keys = keys;
        this.acl = acl;
        this.timeline = timeline;
        this.errors = errors;
    }

    /** How what the plan depends on is found out. */
    private enum Look {
        /** Not at all if this process's own commits tell enough. */
        GUESS,
        QUICK,
        /** After waiting for the server to have seen everything that was committed. */
        CERTAIN
    }

    /** What was seen, or the keys that are not as compared. */
    private record Looked(Seen seen, Set<Key> changed) {}

    CommitResult commit(Transaction transaction, ZooKeeperWriter writer, Deadline deadline) {
        Look look = Look.GUESS;
        while (true) {
            Looked looked = look(transaction, look, deadline);
            if (!looked.changed().isEmpty()) {
                if (look == Look.CERTAIN) {
                    return new CommitResult.Conflict(looked.changed());
                }
                look = look == Look.GUESS ? Look.QUICK : Look.CERTAIN;
                continue;
            }
            List<Step> steps = ZooKeeperPlan.of(transaction, keys, acl, looked.seen());
            Multi reply = writer.send(operations(steps), deadline);
            int failed = reply.failed();
            if (failed < 0) {
                return committed(transaction, looked.seen(), steps, reply);
            }
            Step step = steps.get(failed);
            Code code = reply.error(failed);
            if (missesOurs(step, code)) {
                createOurs(transaction, deadline);
            } else if (!isFailedCompare(code)) {
                throw errors.writing(
                        "commit", KeeperException.create(code, step.operation().getPath()));
            } else if (step.meaning() == Meaning.COMPARE) {
                return new CommitResult.Conflict(Set.of(step.key()));
            } else {
                look = Look.CERTAIN;
            }
            if (deadline.expired()) {
                throw errors.contended();
            }
        }
    }

    private static List<Op> operations(List<Step> steps) {
        return steps.stream().map(Step::operation).toList();
    }

    private CommitResult committed(Transaction transaction, Seen seen, List<Step> steps, Multi reply) {
        long revision = reply.stat(steps.size() - 1).getMzxid();
        Map<String, Integer> written = new HashMap<>(seen.creations());
        for (int i = 0; i < steps.size(); i++) {
            OpResult result = reply.results().get(i);
            String path = steps.get(i).operation().getPath();
            if (result instanceof OpResult.SetDataResult set) {
                written.put(path, set.getStat().getVersion());
            } else if (result instanceof OpResult.CreateResult) {
                written.put(path, 0);
            }
        }
        Map<Key, Version> versions = new LinkedHashMap<>();
        for (Write write : transaction.writes()) {
            Key key = write.key();
            if (write instanceof Write.Delete) {
                traces.remove(key);
            } else {
                Version version = new Version(revision, written.getOrDefault(keys.path(key), 0));
                versions.put(key, version);
                traces.leave(
                        key, new Trace(version, written.getOrDefault(keys.creations(key), ZooKeeperTraces.UNKNOWN)));
            }
        }
        return new CommitResult.Committed(revision, versions);
    }

    private static boolean isFailedCompare(Code code) {
        return code == Code.NODEEXISTS || code == Code.NONODE || code == Code.BADVERSION;
    }

    /** A creation finds no parent, or a counter is not there yet. */
    private static boolean missesOurs(Step step, Code code) {
        boolean creates = step.operation().getType() == OpCode.create;
        return code == Code.NONODE && (creates || step.meaning() == Meaning.OURS);
    }

    private void createOurs(Transaction transaction, Deadline deadline) {
        reads.ensureNamespace(deadline);
        Set<String> directories = new LinkedHashSet<>();
        transaction
                .writes()
                .forEach(write -> directories.add(keys.directory(write.key().directory())));
        transaction
                .compares()
                .forEach(compare -> directories.add(keys.directory(compare.key().directory())));
        directories.forEach(directory -> reads.ensure(directory, EMPTY, deadline));
    }

    private Looked look(Transaction transaction, Look look, Deadline deadline) {
        Set<Key> blind = ZooKeeperPlan.blindlyWritten(transaction);
        List<Compare.Unchanged> unchanged = new ArrayList<>();
        for (Compare compare : transaction.compares()) {
            if (compare instanceof Compare.Unchanged one && !one.key().isOnce()) {
                unchanged.add(one);
            }
        }
        if (look == Look.GUESS) {
            return guess(transaction, blind, unchanged);
        }
        return reads.reading("look before a commit", deadline, zk -> look(zk, look, blind, unchanged, deadline));
    }

    /** Keys about which too little is known to guess count as changed. */
    private Looked guess(Transaction transaction, Set<Key> blind, List<Compare.Unchanged> unchanged) {
        Map<String, Integer> creations = new LinkedHashMap<>();
        Set<Key> unknown = new LinkedHashSet<>();
        for (Compare.Unchanged compare : unchanged) {
            Optional<Trace> trace =
                    traces.of(compare.key()).filter(one -> one.version().equals(compare.version()));
            int counter = trace.map(Trace::creations).orElse(ZooKeeperTraces.UNKNOWN);
            Integer other = creations.putIfAbsent(keys.creations(compare.key()), counter);
            if (counter == ZooKeeperTraces.UNKNOWN || (other != null && other != counter)) {
                unknown.add(compare.key());
            }
        }
        Map<Key, Boolean> exists = new HashMap<>();
        Set<Key> guessed = new LinkedHashSet<>();
        for (Write write : transaction.writes()) {
            if (blind.contains(write.key())) {
                boolean traced = traces.of(write.key()).isPresent();
                // What is put for the first time is new, and what is deleted is there.
                exists.put(write.key(), traced || write instanceof Write.Delete);
                if (!traced) {
                    guessed.add(write.key());
                }
            }
        }
        if (guessed.size() > MOST_GUESSES) {
            unknown.addAll(guessed);
        }
        return new Looked(new Seen(exists, creations), unknown);
    }

    /** The counters are asked for before the keys; the server answers in that order. */
    private Looked look(ZooKeeper zk, Look look, Set<Key> blind, List<Compare.Unchanged> unchanged, Deadline deadline)
            throws KeeperException {
        if (look == Look.CERTAIN) {
            ZooKeeperCalls.await(ZooKeeperCalls.sync(zk, keys.root()), timeline, deadline);
        }
        Set<String> counters = new LinkedHashSet<>();
        Set<String> paths = new LinkedHashSet<>();
        unchanged.forEach(compare -> counters.add(keys.creations(compare.key())));
        unchanged.forEach(compare -> paths.add(keys.path(compare.key())));
        blind.forEach(key -> paths.add(keys.path(key)));
        Map<String, Stat> stats = stats(zk, counters, paths, deadline);

        Map<String, Integer> creations = new LinkedHashMap<>();
        Set<Key> changed = new LinkedHashSet<>();
        for (Compare.Unchanged compare : unchanged) {
            String path = keys.creations(compare.key());
            Stat counter = stats.get(path);
            Stat stat = stats.get(keys.path(compare.key()));
            // Without a counter none of its keys existed when it was looked at.
            if (counter == null || stat == null || !compare.version().equals(ZooKeeperReads.version(stat))) {
                changed.add(compare.key());
            } else {
                creations.put(path, counter.getVersion());
            }
        }
        Map<Key, Boolean> exists = new HashMap<>();
        blind.forEach(key -> exists.put(key, stats.containsKey(keys.path(key))));
        return new Looked(new Seen(exists, creations), changed);
    }

    /** Of those that exist. */
    private Map<String, Stat> stats(ZooKeeper zk, Set<String> first, Set<String> then, Deadline deadline)
            throws KeeperException {
        Map<String, CompletableFuture<Optional<Stat>>> replies = new LinkedHashMap<>();
        first.forEach(path -> replies.put(path, ZooKeeperCalls.exists(zk, path)));
        then.forEach(path -> replies.put(path, ZooKeeperCalls.exists(zk, path)));
        Map<String, Stat> stats = new HashMap<>();
        for (Map.Entry<String, CompletableFuture<Optional<Stat>>> reply : replies.entrySet()) {
            ZooKeeperCalls.await(reply.getValue(), timeline, deadline)
                    .ifPresent(stat -> stats.put(reply.getKey(), stat));
        }
        return stats;
    }
}
