package io.muster.cli.demo;

import io.muster.cli.console.CommandFailedException;
import io.muster.cluster.spi.ConnectionUri;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the demo keeps its jobs, if that is not what the coordinator brings: a store of the user's, a server that was started for the
 * demo, or a file in its directory.
 */
final class DemoStore implements AutoCloseable {
    private static final String FILE = "h2";
    private static final Map<String, ServerKind> SERVERS = Map.of(
            "redis", ServerKind.REDIS,
            "postgresql", ServerKind.POSTGRES,
            "postgres", ServerKind.POSTGRES,
            "mariadb", ServerKind.MARIADB);

    private final String uri;
    private final String description;
    private final Optional<LocalServer> server;

    private DemoStore(String uri, String description, Optional<LocalServer> server) {
        this.uri = uri;
        this.description = description;
        this.server = server;
    }

    /**
     * What {@code --store} names.
     *
     * @throws CommandFailedException neither a URI nor a name of what can be started
     */
    static DemoStore open(String named, Scratch scratch) {
        if (named.contains(":")) {
            return new DemoStore(named, ConnectionUri.parse(named).toString(), Optional.empty());
        }
        String name = named.toLowerCase(Locale.ROOT);
        if (name.equals(FILE)) {
            String uri = "h2:" + scratch.directory().resolve("jobs");
            return new DemoStore(uri, "a file of H2", Optional.empty());
        }
        ServerKind kind = SERVERS.get(name);
        if (kind == null) {
            throw new CommandFailedException("Unknown store \"" + named
                    + "\". Known: redis, postgresql, mariadb, h2, or a URI such as redis://localhost:6379.");
        }
        LocalServer server = LocalServer.start(kind, ServerOptions.likeProduction());
        String description = name + " started for the demo, port " + server.port();
        return new DemoStore(server.uri().toString(), description, Optional.of(server));
    }

    /** What nodes are told. */
    String uri() {
        return uri;
    }

    /** What people call it. */
    String description() {
        return description;
    }

    @Override
    public void close() {
        server.ifPresent(LocalServer::close);
    }
}
