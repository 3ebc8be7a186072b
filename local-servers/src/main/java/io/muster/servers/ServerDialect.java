package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

    /** Whether the server says that it leads those it agrees with; an exception is a no. */
    default boolean leads(Site site) throws IOException {
        return isReady(site);
    }

    /** Requests received since the server started. */
    long requestsReceived(Site site) throws IOException;

    /** How much it holds, by name: entries of each kind, connections of clients, bytes. */
    Map<String, Long> census(Site site) throws IOException;

    /** Throws if these options do not exist for this kind of server. */
    void check(ServerOptions options);

    /** The address for clients at this port, which may be that of a proxy. */
    URI uri(Site site, int port);

    /** The signal that asks the server to end without waiting for its clients. */
    default String stopSignal() {
        return "TERM";
    }

    static ServerDialect of(ServerKind kind) {
        return switch (kind) {
            case REDIS, VALKEY -> new RedisDialect();
            case ETCD -> new EtcdDialect();
            case CONSUL -> new ConsulDialect();
            case ZOOKEEPER -> new ZooKeeperDialect();
            case POSTGRES -> new PostgresDialect();
            case MARIADB, MYSQL -> new MariaDbDialect(kind);
        };
    }

    /** Each part as it stands in the address; user and path may be empty. */
    static URI address(String scheme, String user, int port, String path) {
        String at = user.isEmpty() ? "" : user + "@";
        return URI.create(scheme + "://" + at + TextExchange.LOOPBACK + ":" + port + path);
    }

    /** The part of an address that follows the user; nothing if there is no password. */
    static String password(String secret) {
        return secret.isEmpty()
                ? ""
                : ":" + URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** For the servers that read their password from a line of a file. */
    static void checkIsOneLine(ServerOptions options) {
        if (!options.secret().matches("\\P{Cntrl}*")) {
            throw new IllegalArgumentException("the password must not contain control characters");
        }
    }

    /** For the servers that cannot be started with a secret. */
    static void checkHasNoSecret(ServerKind kind, ServerOptions options) {
        if (!options.isOpen()) {
            throw new IllegalArgumentException(kind.id() + " cannot be started with a secret; set it up with a client");
        }
    }
}
