package io.muster.cluster.spi;

/** A condition of a {@link Transaction}. An entry bound to an ended session counts as absent. */
public sealed interface Compare {
    Key key();

    /** Holds if the key does not exist. */
    static Compare absent(Key key) {
        return new Absent(key);
    }

    /** Holds if the key exists. */
    static Compare present(Key key) {
        return new Present(key);
    }

    /** Holds if the key exists and has not been written since the write that made this version. */
    static Compare unchanged(Key key, Version version) {
        return new Unchanged(key, version);
    }

    /** Holds if the key has not been written since {@code entry} was read. */
    static Compare unchanged(Entry entry) {
        return new Unchanged(entry.key(), entry.version());
    }

    record Absent(Key key) implements Compare {}

    record Present(Key key) implements Compare {}

    record Unchanged(Key key, Version version) implements Compare {}
}
