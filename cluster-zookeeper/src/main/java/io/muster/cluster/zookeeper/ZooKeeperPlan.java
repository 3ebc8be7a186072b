package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/**
 * A transaction as one ZooKeeper multi, given what was seen just before. Pure.
 *
 * <p>ZooKeeper compares a node's data version, which begins at zero again when the node is re-created. So every creation
 * of a key that may be re-created also raises a counter that it shares with other keys, and comparing such a key compares
 * the counter too, as it was seen <em>before</em> the key was seen in the expected state: no creation since then means
 * that it is still the same node.
 */
final class ZooKeeperPlan {
    private static final byte[] EMPTY = {};
    private static final int ANY = -1;

    /** What it means if an operation of the multi fails. */
    enum Meaning {
        /** A compare of the caller's does not hold. */
        COMPARE,
        /** What was seen is not true any more; look again. */
        SEEN,
        /** A node of ours is missing. */
        OURS
    }

    record Step(Op operation, Key key, Meaning meaning) {}

    /**
     * @param exists for each key written without a compare of its own, whether it existed
     * @param creations counters that unchanged keys depend on, by path
     */
    record Seen(Map<Key, Boolean> exists, Map<String, Integer> creations) {}

    private final ZooKeeperKeys keys;
    private final List<ACL> acl;
    private final Seen seen;
    private final List<Step> checks = new ArrayList<>();
    private final List<Step> changes = new ArrayList<>();
    private final Map<String, Step> raised = new LinkedHashMap<>();

    private ZooKeeperPlan(ZooKeeperKeys keys, List<ACL> acl, Seen seen) {
        this.keys = keys;
        this.acl = acl;
        this.seen = seen;
    }

    /** The last step writes the revision node. */
    static List<Step> of(Transaction transaction, ZooKeeperKeys keys, List<ACL> acl, Seen seen) {
        ZooKeeperPlan plan = new ZooKeeperPlan(keys, acl, seen);
        Map<Key, Set<Compare>> compares = comparesByKey(transaction);
        for (Write write : transaction.writes()) {
            plan.write(write, compares.getOrDefault(write.key(), Set.of()));
            compares.remove(write.key());
        }
        compares.values().forEach(ofKey -> ofKey.forEach(plan::compare));
        return plan.steps(new Key("muster", "revision"));
    }

    /** Keys whose existence decides how they are written. */
    static Set<Key> blindlyWritten(Transaction transaction) {
        Set<Key> blind = new LinkedHashSet<>();
        for (Write write : transaction.writes()) {
            if (!(write instanceof Write.Bind)) {
                blind.add(write.key());
            }
        }
        transaction.compares().forEach(compare -> blind.remove(compare.key()));
        return blind;
    }

    private static Map<Key, Set<Compare>> comparesByKey(Transaction transaction) {
        Map<Key, Set<Compare>> byKey = new LinkedHashMap<>();
        for (Compare compare : transaction.compares()) {
            byKey.computeIfAbsent(compare.key(), key -> new LinkedHashSet<>()).add(compare);
        }
        return byKey;
    }

    private List<Step> steps(Key revision) {
        List<Step> steps = new ArrayList<>();
        seen.creations()
                .forEach((path, version) ->
                        steps.add(new Step(Op.check(path, version), new Key("muster", "creations"), Meaning.SEEN)));
        steps.addAll(checks);
        steps.addAll(changes);
        steps.addAll(raised.values());
        steps.add(new Step(Op.setData(keys.revision(), EMPTY, ANY), revision, Meaning.OURS));
        return steps;
    }

    /** One compare is made by the write itself, the others stand before it. */
    private void write(Write write, Set<Compare> compares) {
        Optional<Compare> own = own(write, compares);
        compares.stream()
                .filter(compare -> own.isEmpty() || !compare.equals(own.get()))
                .forEach(this::compare);
        String path = keys.path(write.key());
        if (write instanceof Write.Bind bind) {
            create(bind.key(), bind.value(), CreateMode.EPHEMERAL, Meaning.COMPARE);
        } else if (write instanceof Write.Put put) {
            if (createsInPlan(put.key(), own)) {
                create(put.key(), put.value(), CreateMode.PERSISTENT, meaning(own));
            } else {
                change(Op.setData(path, put.value(), version(own)), put.key(), meaning(own));
            }
        } else if (createsInPlan(write.key(), own)) {
            absent(write.key(), meaning(own));
        } else {
            change(Op.delete(path, version(own)), write.key(), meaning(own));
        }
    }

    private static Optional<Compare> own(Write write, Set<Compare> compares) {
        if (write instanceof Write.Bind) {
            return compares.stream().filter(Compare.Absent.class::isInstance).findFirst();
        }
        return compares.stream()
                .filter(Compare.Unchanged.class::isInstance)
                .findFirst()
                .or(() -> compares.stream().findFirst());
    }

    private boolean createsInPlan(Key key, Optional<Compare> own) {
        return own.map(compare -> compare instanceof Compare.Absent)
                .orElseGet(() -> !seen.exists().getOrDefault(key, false));
    }

    private static Meaning meaning(Optional<Compare> own) {
        return own.isPresent() ? Meaning.COMPARE : Meaning.SEEN;
    }

    private static int version(Optional<Compare> own) {
        return own.isPresent() && own.get() instanceof Compare.Unchanged unchanged
                ? (int) unchanged.version().minor()
                : ANY;
    }

    private void compare(Compare compare) {
        if (compare instanceof Compare.Absent) {
            absent(compare.key(), Meaning.COMPARE);
        } else {
            Op check = Op.check(keys.path(compare.key()), version(Optional.of(compare)));
            checks.add(new Step(check, compare.key(), Meaning.COMPARE));
        }
    }

    /** A node that can be created was absent; nobody sees it between its creation and its deletion. */
    private void absent(Key key, Meaning meaning) {
        String path = keys.path(key);
        checks.add(new Step(Op.create(path, EMPTY, acl, CreateMode.PERSISTENT), key, meaning));
        checks.add(new Step(Op.delete(path, ANY), key, meaning));
    }

    private void create(Key key, byte[] value, CreateMode mode, Meaning meaning) {
        change(Op.create(keys.path(key), value, acl, mode), key, meaning);
        if (!key.isOnce()) {
            String counter = keys.creations(key);
            raised.put(counter, new Step(Op.setData(counter, EMPTY, ANY), key, Meaning.OURS));
        }
    }

    private void change(Op operation, Key key, Meaning meaning) {
        changes.add(new Step(operation, key, meaning));
    }
}
