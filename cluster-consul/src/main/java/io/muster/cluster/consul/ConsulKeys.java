package io.muster.cluster.consul;

import io.muster.cluster.spi.Key;

/**
 * The only place where names in Consul are made.
 *
 * <pre>
 * &lt;namespace&gt;/&lt;directory, its slashes as colons&gt;/&lt;name&gt;     an entry
 * &lt;namespace&gt;/:identity                                  random id of this line of terms
 * &lt;namespace&gt;/:revision                                  written by transactions that write nothing else
 * </pre>
 *
 * <p>Consul reads and watches everything beneath a prefix. With the directory as one segment that is exactly the direct
 * children, however deep directories are nested; and no directory begins with a colon. Names contain percent signs, which
 * Consul keeps as they are: in addresses they are encoded once more.
 */
final class ConsulKeys {
    private static final String IN_ADDRESS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-@:/";

    private final String namespace;

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

    /** The key whose path begins with its directory's {@link #prefix}. */
    Key key(String directory, String path) {
        return new Key(directory, path.substring(prefix(directory).length()));
    }

    String identity() {
        return namespace + "/:identity";
    }

    String revision() {
        return namespace + "/:revision";
    }

    /** The path as it stands in an address. */
    static String inAddress(String path) {
        StringBuilder address = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (IN_ADDRESS.indexOf(c) >= 0) {
                address.append(c);
            } else {
                address.append(String.format("%%%02X", (int) c));
            }
        }
        return address.toString();
    }
}
