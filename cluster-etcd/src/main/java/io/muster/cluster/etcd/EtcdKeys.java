package io.muster.cluster.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The only place where etcd's keys and values are made and read.
 *
 * <p><b>Keys</b>: {@code /<namespace>/<directory>//<name>}. No segment is empty, so the doubled slash stands only before
 * the name, and a directory's direct children are exactly the keys that begin with {@code /<namespace>/<directory>//}:
 * one contiguous range, without those of deeper directories. {@code /<namespace>//<name>} is the backend's own.
 *
 * <p><b>Values</b>: one octet in front says whether the entry is bound to a session ({@code @}) or not ({@code -}); etcd
 * alone cannot tell, because a write with its own TTL hangs on a lease too.
 */
final class EtcdKeys {
    private static final byte UNBOUND = '-';
    private static final byte BOUND = '@';
    /** Between the two: a stored value is greater than this if and only if the entry is bound. */
    private static final ByteSequence BOUNDARY = ascii(".");

    private static final String NAME = "//";
    private static final String AFTER_NAMES = "/0";

    private final String root;
    private final ForeignNames foreign = new ForeignNames();

    EtcdKeys(String namespace) {
        this.root = "/" + namespace + "/";
    }

    ByteSequence key(Key key) {
        return ascii(root + key.directory() + NAME + key.name());
    }

    /** Where a directory's children begin. */
    ByteSequence firstChild(String directory) {
        return ascii(root + directory + NAME);
    }

    /** Where a directory's children after {@code name} begin. */
    ByteSequence childAfter(String directory, String name) {
        return ascii(root + directory + NAME + name + "\0");
    }

    /** Where a directory's children have ended. */
    ByteSequence endOfChildren(String directory) {
        return ascii(root + directory + AFTER_NAMES);
    }

    /** Where the namespace begins; it is a prefix. */
    ByteSequence namespace() {
        return ascii(root);
    }

    /** The backend's own key, outside all directories. */
    ByteSequence own(String name) {
        return ascii(root + "/" + name);
    }

    /** Where the keys after this one begin, whosever it is. */
    static ByteSequence after(ByteSequence stored) {
        return stored.concat(ascii("\0"));
    }

    /** The key that is stored in a directory under this name; empty if something else is. */
    Optional<Key> key(ByteSequence stored) {
        String text = stored.toString(StandardCharsets.US_ASCII);
        int name = text.indexOf(NAME, root.length());
        return name < 0
                ? Optional.empty()
                : foreign.key(text.substring(root.length(), name), text.substring(name + NAME.length()));
    }

    static ByteSequence unbound(byte[] value) {
        return marked(UNBOUND, value);
    }

    static ByteSequence bound(byte[] value) {
        return marked(BOUND, value);
    }

    static ByteSequence boundary() {
        return BOUNDARY;
    }

    /** Empty if what is stored there cannot be an entry. */
    Optional<Entry> entry(KeyValue stored) {
        return key(stored.getKey()).map(key -> entry(key, stored));
    }

    private static Entry entry(Key key, KeyValue stored) {
        byte[] marked = stored.getValue().getBytes();
        boolean bound = marked.length > 0 && marked[0] == BOUND && stored.getLease() != 0;
        byte[] value = marked.length == 0 ? marked : Arrays.copyOfRange(marked, 1, marked.length);
        return new Entry(
                key,
                value,
                version(stored.getModRevision(), bound),
                stored.getCreateRevision(),
                bound ? Optional.of(sessionId(stored.getLease())) : Optional.empty());
    }

    /** The version says whether the entry is bound, so that overwriting a bound one is refused without asking. */
    static Version version(long modRevision, boolean bound) {
        return new Version(modRevision, bound ? 1 : 0);
    }

    static boolean isBound(Version version) {
        return version.minor() == 1;
    }

    /** As {@code etcdctl lease list} shows it. */
    static String sessionId(long lease) {
        return Long.toHexString(lease);
    }

    private static ByteSequence marked(byte mark, byte[] value) {
        byte[] stored = new byte[value.length + 1];
        stored[0] = mark;
        System.arraycopy(value, 0, stored, 1, value.length);
        return ByteSequence.from(stored);
    }

    private static ByteSequence ascii(String text) {
        return ByteSequence.from(text, StandardCharsets.US_ASCII);
    }
}
