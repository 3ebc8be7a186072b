package io.muster.queue.jdbc;

/** A column that statements for many rows name, with its type as databases without arrays do not need to know it. */
record Column(String name, Type type) {
    enum Type {
        TEXT,
        BIGINT,
        BYTES
    }

    static Column text(String name) {
        return new Column(name, Type.TEXT);
    }

    static Column bigint(String name) {
        return new Column(name, Type.BIGINT);
    }

    static Column bytes(String name) {
        return new Column(name, Type.BYTES);
    }
}
