package io.muster.cluster.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares and writes, all or nothing. Limits: {@link Capabilities#mostOperations()} counts compares and writes together;
 * {@link Capabilities#mostTransactionBytes()} counts {@link #bytes()}.
 */
public record Transaction(List<Compare> compares, List<Write> writes) {
    private static final int BYTES_PER_OPERATION = 64;

    public Transaction {
        compares = List.copyOf(compares);
        writes = List.copyOf(writes);
        Set<Key> written = new HashSet<>();
        for (Write write : writes) {
            if (!written.add(write.key())) {
                throw new IllegalArgumentException("Two writes to one key in a transaction: " + write.key());
            }
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public int operations() {
        return compares.size() + writes.size();
    }

    /** Size as limits count it: keys and values plus 64 bytes per operation. */
    public long bytes() {
        long bytes = (long) operations() * BYTES_PER_OPERATION;
        for (Compare compare : compares) {
            bytes += length(compare.key());
        }
        for (Write write : writes) {
            bytes += length(write.key()) + valueLength(write);
        }
        return bytes;
    }

    /** Of the {@linkplain Key#path path}. */
    private static int length(Key key) {
        return key.directory().length() + 1 + key.name().length();
    }

    private static int valueLength(Write write) {
        if (write instanceof Write.Put put) {
            return put.value().length;
        }
        return write instanceof Write.Bind bind ? bind.value().length : 0;
    }

    /** Collects a transaction. Not thread-safe. */
    public static final class Builder {
        private final List<Compare> compares = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();

        private Builder() {}

        public Builder require(Compare compare) {
            compares.add(compare);
            return this;
        }

        public Builder write(Write write) {
            writes.add(write);
            return this;
        }

        public Transaction build() {
            return new Transaction(compares, writes);
        }
    }
}
