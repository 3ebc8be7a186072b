package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How one kind of server is started and spoken to. Without state; each call opens and closes its own connection. */
interface ServerDialect {

    /**
     * Where one server runs.
     *
     * @param ports the port for clients, then as many as {@link #ports()} asks for
     * @param directory scratch directory of the server
     */
    record Site(List<Integer> ports, Path directory, ServerOptions options) {

        int port() {
            return ports.get(0);
        }

        Path data() {
            return directory.resolve("data");
        }
    }

    /** How many ports the server listens on, clients' port included. */
    int ports();

    /** Writes the configuration, where there is one, and returns the command line. */
    List<String> command(Found binary, Site site) throws IOException;

    /** Whether the server answers a request of its own protocol; an exception is a no. */
    boolean isReady(Site site) throws IOException;

    /** Requests received since the server started. */
    long requestsReceived(Site site) throws IOException;

    /** Throws if these options do not exist for this kind of server. */
    void check(ServerOptions options);

    static ServerDialect of(ServerKind kind) {
        return switch (kind) {
            case REDIS -> new RedisDialect();
            case ETCD -> new EtcdDialect();
            case CONSUL -> new ConsulDialect();
            case ZOOKEEPER -> new ZooKeeperDialect();
        };
    }

    /** For the servers that cannot be started with a secret. */
    static void checkHasNoSecret(ServerKind kind, ServerOptions options) {
        if (!options.isOpen()) {
            throw new IllegalArgumentException(kind.id() + " cannot be started with a secret; set it up with a client");
        }
    }
}
