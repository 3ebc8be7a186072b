package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One MariaDB, or MySQL, with a data directory of its own, a user {@code root} for loopback, and a database {@code muster}. */
final class MariaDbDialect implements ServerDialect {

    private static final String USER = "root";
    private static final String DATABASE = "muster";

    /** Arguments: the base directory, the data directory; then the server and its words. */
    private static final String MARIADB =
            """
            if [ ! -d "$2/mysql" ]; then
              install=$1/bin/mariadb-install-db
              [ -x "$install" ] || install=$1/scripts/mariadb-install-db
              "$install" --no-defaults --basedir="$1" --datadir="$2" \
                --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve || exit
            fi
            shift 2
            exec "$@"
            """;

    /** The same arguments. */
    private static final String MYSQL =
            """
            data=$2
            shift 2
            [ -d "$data/mysql" ] || "$@" --initialize-insecure || exit
            exec "$@"
            """;

    private final ServerKind kind;

    /** @param kind one of both */
    MariaDbDialect(ServerKind kind) {
        this.kind = kind;
    }

    @Override
    public int ports() {
        return 1;
    }

    /** Creates the data directory at the first start. The password goes through a file that only this user can read. */
    @Override
    public List<String> command(Found binary, Site site) throws IOException {
        boolean mySql = kind == ServerKind.MYSQL;
        Path server = binary.path().toRealPath();
        Path base = server.resolve("../..").normalize();
        String data = site.data().toString();
        Path statements = site.directory().resolve("accounts.sql");
        Files.write(statements, accounts(site.options().secret()));
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", mySql ? MYSQL : MARIADB, "initialize"));
        command.addAll(List.of(base.toString(), data, server.toString(), "--no-defaults"));
        command.addAll(List.of("--basedir=" + base, "--datadir=" + data));
        command.addAll(List.of("--port=" + site.port(), "--bind-address=127.0.0.1", "--socket=server.sock"));
        command.addAll(List.of("--skip-name-resolve", "--init-file=" + statements));
        if (mySql) {
            command.addAll(List.of(
                    "--lc-messages-dir=" + base.resolve("share/mysql"), "--mysqlx=OFF", "--secure-file-priv=NULL"));
        }
        if (Unprivileged.isRoot()) {
            command.add("--user=root");
        }
        command.add("--innodb-flush-log-at-trx-commit=" + flush(site.options().durability()));
        command.addAll(site.options().extraArguments());
        return command;
    }

    /** Run at each start, one statement per line. */
    private static List<String> accounts(String secret) {
        String account = USER + "@'127.0.0.1'";
        String identified = " IDENTIFIED BY '" + secret.replace("\\", "\\\\").replace("'", "''") + "';";
        return List.of(
                "CREATE DATABASE IF NOT EXISTS " + DATABASE + ";",
                "CREATE USER IF NOT EXISTS " + account + ";",
                "ALTER USER " + account + identified,
                "GRANT ALL ON *.* TO " + account + " WITH GRANT OPTION;");
    }

    private static int flush(Durability durability) {
        return switch (durability) {
            case FSYNC -> 1;
            case PAGE_CACHE -> 2;
            case MEMORY -> 0;
        };
    }

    @Override
    public URI uri(Site site, int port) {
        String secret = site.options().secret();
        return ServerDialect.address(kind.id(), USER + ServerDialect.password(secret), port, "/" + DATABASE);
    }

    @Override
    public boolean isReady(Site site) throws IOException {
        return ask(site, "SELECT 1") == 1;
    }

    /** Counts statements of clients, the one that asks included. */
    @Override
    public long requestsReceived(Site site) throws IOException {
        String schema = kind == ServerKind.MYSQL ? "performance_schema" : "information_schema";
        return ask(site, "SELECT VARIABLE_VALUE FROM " + schema + ".global_status WHERE VARIABLE_NAME = 'QUESTIONS'");
    }

    @Override
    public void check(ServerOptions options) {
        ServerDialect.checkIsOneLine(options);
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        Map<String, Long> census = TableRows.of(url(site), USER, site.options().secret());
        census.put(
                "connections",
                ask(site, "SELECT COUNT(*) FROM information_schema.processlist WHERE USER = '" + USER + "'"));
        return census;
    }

    private static long ask(Site site, String sql) throws IOException {
        return SqlExchange.number(url(site), USER, site.options().secret(), sql);
    }

    private static String url(Site site) {
        // A server of ours on loopback: MySQL wants the password encrypted, with a key that it may tell.
        return "jdbc:mariadb://%s:%d/%s?sslMode=disable&allowPublicKeyRetrieval=true&connectTimeout=2000&socketTimeout=2000"
                .formatted(TextExchange.LOOPBACK, site.port(), DATABASE);
    }
}
