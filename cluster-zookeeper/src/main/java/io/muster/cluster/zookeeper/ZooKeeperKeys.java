package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Where things lie. Under {@code chroot/namespace}:
 *
 * <ul>
 *   <li>{@code d/queue+default+ready/name}: entries, one level of directories, slashes written as plus signs
 *   <li>{@code identity}: names this line of revisions
 *   <li>{@code revision}: written by every transaction, so that its result tells the transaction's zxid
 *   <li>{@code creations/5f}: how often a key of this shard was created, see {@link ZooKeeperPlan}
 * </ul>
 */
final class ZooKeeperKeys {
    static final int SHARDS = 128;

    private final String root;
    private final ForeignNames foreign = new ForeignNames();

    ZooKeeperKeys(String chroot, String namespace) {
        this.root = chroot + "/" + namespace;
    }

    /** The nodes above the root, the highest first. */
    List<String> above() {
        List<String> above = new ArrayList<>();
        for (int slash = root.indexOf('/', 1); slash > 0; slash = root.indexOf('/', slash + 1)) {
            above.add(root.substring(0, slash));
        }
        return above;
    }

    String root() {
        return root;
    }

    String identity() {
        return root + "/identity";
    }

    String revision() {
        return root + "/revision";
    }

    String directories() {
        return root + "/d";
    }

    String creations() {
        return root + "/creations";
    }

    /** The counter of creations that {@code key} shares with others. */
    String creations(Key key) {
        int hash = key.path().hashCode();
        int shard = Math.floorMod(hash ^ (hash >>> 15), SHARDS);
        return creations(shard);
    }

    /** All counters of creations. */
    List<String> counters() {
        return IntStream.range(0, SHARDS).mapToObj(this::creations).toList();
    }

    private String creations(int shard) {
        return creations() + "/" + String.format(Locale.ROOT, "%02x", shard);
    }

    String directory(String directory) {
        return directories() + "/" + directory.replace('/', '+');
    }

    /** Those of a directory's nodes that can be entries. */
    List<String> names(String directory, List<String> nodes) {
        return nodes.stream()
                .filter(name -> foreign.key(directory, name).isPresent())
                .toList();
    }

    String path(Key key) {
        return directory(key.directory()) + "/" + key.name();
    }
}
