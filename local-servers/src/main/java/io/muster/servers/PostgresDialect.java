package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One PostgreSQL with a data directory of its own; superuser and database are both called {@code postgres}. */
final class PostgresDialect implements ServerDialect {

    private static final String NAME = "postgres";

    /** Where {@link #isReady} and {@link #requestsReceived} look from, so that they are not counted themselves. */
    private static final String ONLOOKERS_DATABASE = "template1";

    /** Arguments: data directory, initdb, file with the password, way to authenticate; then the server and its words. */
    private static final String SCRIPT =
            """
            if [ ! -s "$1/PG_VERSION" ]; then
              "$2" --pgdata="$1" --pwfile="$3" --auth-host="$4" \
                --username=postgres --auth-local=reject --encoding=UTF8 --no-locale --no-sync --no-instructions || exit
            fi
            shift 4
            exec "$@"
            """;

    @Override
    public int ports() {
        return 1;
    }

    /**
     * Creates the data directory at the first start. The password goes through a file that only this user can read; on
     * loopback it is sent as it is, and the server keeps its SCRAM verifier.
     */
    @Override
    public List<String> command(Found binary, Site site) throws IOException {
        ServerOptions options = site.options();
        Path server = binary.path().toRealPath();
        Path password = site.directory().resolve("password");
        Files.writeString(password, (options.isOpen() ? NAME : options.secret()) + "\n");
        List<String> command = new ArrayList<>(Unprivileged.prefix());
        command.addAll(List.of("/bin/sh", "-c", SCRIPT, "initdb", data(site)));
        command.addAll(List.of(server.resolveSibling("initdb").toString(), password.toString()));
        command.add(options.isOpen() ? "trust" : "password");
        command.addAll(List.of(server.toString(), "-D", data(site), "-p", Integer.toString(site.port())));
        for (String setting : settings(options)) {
            command.addAll(List.of("-c", setting));
        }
        command.addAll(options.extraArguments());
        return command;
    }

    private static List<String> settings(ServerOptions options) {
        List<String> settings = new ArrayList<>(List.of("listen_addresses=127.0.0.1", "unix_socket_directories="));
        if (options.durability() != Durability.FSYNC) {
            settings.addAll(List.of("fsync=off", "full_page_writes=off"));
        }
        if (options.durability() == Durability.MEMORY) {
            settings.add("synchronous_commit=off");
        }
        return settings;
    }

    /** Below the directory that is already there, so that it belongs to the user the server runs as. */
    private static String data(Site site) {
        return site.data().resolve(NAME).toString();
    }

    /** SIGTERM would wait for all clients to leave; SIGINT sends them away. */
    @Override
    public String stopSignal() {
        return "INT";
    }

    @Override
    public URI uri(Site site, int port) {
        String secret = site.options().secret();
        return ServerDialect.address("postgresql", NAME + ServerDialect.password(secret), port, "/" + NAME);
    }

    @Override
    public boolean isReady(Site site) throws IOException {
        return ask(site, "SELECT 1") == 1;
    }

    /** Counts transactions, when the session that made them is idle for a second or ends. */
    @Override
    public long requestsReceived(Site site) throws IOException {
        return ask(site, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '" + NAME + "'");
    }

    @Override
    public void check(ServerOptions options) {
        ServerDialect.checkIsOneLine(options);
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        Map<String, Long> census =
                TableRows.of(url(site, NAME), NAME, site.options().secret());
        census.put("connections", ask(site, "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + NAME + "'"));
        return census;
    }

    private static long ask(Site site, String sql) throws IOException {
        return SqlExchange.number(
                url(site, ONLOOKERS_DATABASE), NAME, site.options().secret(), sql);
    }

    private static String url(Site site, String database) {
        return "jdbc:postgresql://%s:%d/%s?sslmode=disable&connectTimeout=2&socketTimeout=2&loginTimeout=2"
                .formatted(TextExchange.LOOPBACK, site.port(), database);
    }
}
