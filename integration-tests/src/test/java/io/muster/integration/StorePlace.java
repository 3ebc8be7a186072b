package io.muster.integration;

import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the nodes of a case keep jobs.
 *
 * @param uri what nodes are told; empty: nothing, so that it is what the coordinator brings
 * @param server the server at that address, if it is one of its own
 */
record StorePlace(Optional<String> uri, Optional<LocalServer> server) {
    /** The coordinator itself, or beside it on the same server. */
    static final StorePlace OF_COORDINATOR = new StorePlace(Optional.empty(), Optional.empty());

    static StorePlace on(LocalServer server) {
        return new StorePlace(Optional.of(server.uri().toString()), Optional.of(server));
    }

    /** A file of H2 in this folder. */
    static StorePlace fileIn(Path folder) {
        return new StorePlace(Optional.of("h2:" + folder.resolve("jobs")), Optional.empty());
    }

    /** The network between one node and the server, if there is one. */
    Optional<TcpProxy> proxy() {
        return server.map(TcpProxy::to);
    }

    /** The setting of a node that reaches it through this proxy. */
    List<String> setting(Optional<TcpProxy> proxy) {
        Optional<String> through =
                server.flatMap(there -> proxy.map(there::uriThrough)).map(Object::toString);
        return through.or(() -> uri)
                .map(told -> List.of("muster.store=" + told))
                .orElse(List.of());
    }
}
