package io.muster.servers;

import java.util.Locale;

/** A server this module knows how to find, start and ask whether it is ready. */
public enum ServerKind {
    REDIS,
    ETCD,
    CONSUL,
    ZOOKEEPER,
    POSTGRES,
    MARIADB;

    /** The lower-case name: of its files, and the scheme of its URIs but for PostgreSQL; for example {@code redis}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nodes can find each other through it; the others only keep jobs. */
    public boolean isCoordinator() {
        return switch (this) {
            case REDIS, ETCD, CONSUL, ZOOKEEPER -> true;
            case POSTGRES, MARIADB -> false;
        };
    }

    /** The environment variable that names the binary to use, or {@code skip}: for example {@code MUSTER_IT_REDIS}. */
    public String environmentVariable() {
        return "MUSTER_IT_" + name();
    }
}
