package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.SmallDisk;
import java.util.List;
import java.util.Optional;

/** A service that can be disturbed: one server, or several that are one. */
interface Site extends AutoCloseable {
    /** What it is in this run: coordinator, store. */
    String name();

    /** What it is made of. */
    String description();

    /** Empty if it is no server but a file. */
    List<LocalServer> servers();

    /**
     * Those of which a process is told, each behind a proxy of that process; empty if no proxy can stand between, because servers tell clients
     * each other's addresses.
     *
     * @param process which one, from 0
     */
    List<LocalServer> proxied(int process);

    /** The address, if these servers are reached at these ports. */
    String uri(List<Integer> ports);

    /** The address without proxies. */
    String direct();

    /** The server that leads now; empty if none does, or nobody says so. */
    Optional<LocalServer> leader();

    /** Servers of which one leads at a time and may lack what its predecessor acknowledged; empty where nothing is lost by a change of leaders. */
    default List<List<LocalServer>> replicated() {
        return List.of();
    }

    /** The disk that its only server has for itself; empty if it has none, or there are several. */
    default Optional<SmallDisk> disk() {
        return Optional.empty();
    }

    /** Thaws or restarts whatever does not run; returns when all answer. */
    void ensureRunning();

    @Override
    void close();

    /** A way of its own for one process. */
    default Way way(int process) {
        return Way.to(this, process);
    }
}
