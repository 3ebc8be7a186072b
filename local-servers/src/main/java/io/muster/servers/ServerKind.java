package io.muster.servers;

import java.util.Locale;

/** A server this module knows how to find, start and ask whether it is ready. */
public enum ServerKind {
    REDIS,
    /** Speaks as Redis does. */
    VALKEY,
    ETCD,
    CONSUL,
    ZOOKEEPER,
    POSTGRES,
    MARIADB,
    MYSQL;

    /** The lower-case name, of its files too; for example {@code redis}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nodes can find each other through it; the others only keep jobs. */
    public boolean isCoordinator() {
        return switch (this) {
            case REDIS, VALKEY, ETCD, CONSUL, ZOOKEEPER -> true;
            case POSTGRES, MARIADB, MYSQL -> false;
        };
    }

    /** The environment variable that names the binary to use, or {@code skip}: for example {@code MUSTER_IT_REDIS}. */
    public String environmentVariable() {
        return "MUSTER_IT_" + name();
    }
}
