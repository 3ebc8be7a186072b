package io.muster.cluster.consul;

import io.muster.cluster.spi.ForeignNames;
import io.muster.cluster.spi.Key;
import java.util.Optional;

/**
 * The only place where names in Consul are made.
 *
 * <pre>
 * &lt;namespace&gt;/&lt;directory, its slashes as colons&gt;/&lt;name&gt;     an entry
 * &lt;namespace&gt;/&lt;directory, its slashes as colons&gt;/           keeps a directory that is watched from being empty
 * &lt;namespace&gt;/:identity                                  random id of this line of terms
 * &lt;namespace&gt;/:revision                                  written by transactions that write nothing else
 * </pre>
 *
 * <p>Consul reads and watches everything beneath a prefix. With the directory as one segment that is exactly the direct
 * children, however deep directories are nested; and no directory begins with a colon. Names contain percent signs, which
 * Consul keeps as they are: in addresses they are encoded once more.
 */
final class ConsulKeys {
    private final String namespace;
    private final ForeignNames foreign = new ForeignNames();

    ConsulKeys(String namespace) {
        Key.checkDirectory(namespace);
        this.namespace = namespace;
    }

    String namespace() {
        return namespace;
    }

    String path(Key key) {
        return prefix(key.directory()) + key.name();
    }

    /** What the paths of a directory's children, and no others, begin with. */
    String prefix(String directory) {
        return namespace + "/" + directory.replace('/', ':') + "/";
    }

    /**
     * The key of a path that begins with its directory's {@link #prefix}; empty if it is no entry of ours, or a {@link #folder}, as Consul's own
     * user interface makes them too.
     */
    Optional<Key> key(String directory, String path) {
        String prefix = prefix(directory);
        if (path.equals(prefix)) {
            return Optional.empty();
        }
        String name = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
        return foreign.key(directory, name);
    }

    /** In the directory, and no entry of it. */
    String folder(String directory) {
        return prefix(directory);
    }

    String identity() {
        return namespace + "/:identity";
    }

    String revision() {
        return namespace + "/:revision";
    }

    /** The path as it stands in an address; of what paths contain, only the percent sign means something there. */
    static String inAddress(String path) {
        StringBuilder address = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            address.append(c == '%' ? "%25" : c);
        }
        return address.toString();
    }
}
