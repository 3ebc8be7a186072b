package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A service that can be disturbed: one server, or several that are one.
 *
 * @param name what people call it: coordinator, store
 * @param description what it is
 * @param servers empty if it is no server but a file
 * @param uri the address of the service, if its servers are reached at these ports
 * @param isProxied whether processes can reach it through proxies; servers that tell clients each other's addresses cannot
 * @param losing faults after which it may have lost its latest writes, by its own promise
 * @param leader who leads among several
 * @param end ends it
 */
record Site(
        String name,
        String description,
        List<LocalServer> servers,
        Function<List<Integer>, String> uri,
        boolean isProxied,
        Set<String> losing,
        Supplier<Optional<LocalServer>> leader,
        Runnable end)
        implements AutoCloseable {

    static Site of(String name, LocalServer server) {
        return new Site(
                name,
                server.kind().id(),
                List.of(server),
                ports -> server.uri().toString().replaceFirst(":" + server.port() + "\\b", ":" + ports.get(0)),
                true,
                Set.of(),
                () -> Optional.of(server),
                server::close);
    }

    static Site file(String name, String description, String uri) {
        return new Site(name, description, List.of(), ports -> uri, false, Set.of(), Optional::empty, () -> {});
    }

    /** The address without proxies. */
    String direct() {
        return uri.apply(servers.stream().map(LocalServer::port).toList());
    }

    /** A way of its own for one process. */
    Way way() {
        return new Way(this, isProxied ? servers.stream().map(TcpProxy::to).toList() : List.of());
    }

    /** Thaws or restarts whatever does not run. */
    void ensureRunning() {
        servers.forEach(LocalServer::ensureRunning);
    }

    @Override
    public void close() {
        end.run();
    }
}
