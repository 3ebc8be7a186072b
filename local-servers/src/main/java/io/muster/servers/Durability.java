package io.muster.servers;

/** What a started server keeps, from the strictest. */
public enum Durability {
    /** Every acknowledged write is synced to disk first: what a real installation would have. */
    FSYNC,
    /** Survives the death of the server, not that of the machine. Consul has no such setting and syncs anyway. */
    PAGE_CACHE,
    /**
     * Nothing is kept by Redis after it stops; PostgreSQL and MariaDB may lose the last commits when they are killed; the others
     * cannot and behave as with {@link #PAGE_CACHE}.
     */
    MEMORY
}
