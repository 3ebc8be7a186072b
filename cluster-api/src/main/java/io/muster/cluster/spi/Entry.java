package io.muster.cluster.spi;

import java.util.Optional;

/**
 * A key and its value as of one write. The value array is shared and must not be changed.
 *
 * @param version for {@link Compare#unchanged}
 * @param created number of the namespace at which the key was created: unchanged while the key exists, larger after every
 *     re-creation; the fencing token of what the key stands for
 * @param session id of the session the entry is bound to, if it is
 */
public record Entry(Key key, byte[] value, Version version, long created, Optional<String> session) {
    @Override
    public String toString() {
        return "Entry[" + key + ", " + value.length + " bytes, " + version + ", created " + created + "]";
    }
}
