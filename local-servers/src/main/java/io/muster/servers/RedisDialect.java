package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Redis, and what calls itself so. */
final class RedisDialect implements ServerDialect {

    /** The argument that makes a server a Sentinel. */
    static final String SENTINEL = "--sentinel";

    /** Since Redis 6: what clients sent; a script is one, whatever it does. */
    private static final String READS = "total_reads_processed:";

    /** Before: counts what scripts do too. */
    private static final String PROCESSED = "total_commands_processed:";

    @Override
    public int ports() {
        return 1;
    }

    /**
     * The password goes into a file that only this user can read, not onto the command line, which all can. A Sentinel
     * keeps in it what it knows, so that only the first start writes it.
     */
    @Override
    public List<String> command(Found binary, Site site) throws IOException {
        ServerOptions options = site.options();
        Path file = site.directory().resolve("redis.conf");
        if (options.extraArguments().contains(SENTINEL) && Files.exists(file)) {
            return List.of(binary.path().toString(), file.toString(), SENTINEL);
        }
        List<String> lines = new ArrayList<>(
                List.of("port " + site.port(), "bind 127.0.0.1", "dir " + site.data(), "save \"\"", "daemonize no"));
        lines.add("appendonly " + (options.durability() == Durability.MEMORY ? "no" : "yes"));
        lines.add("appendfsync " + (options.durability() == Durability.FSYNC ? "always" : "no"));
        if (!options.isOpen()) {
            lines.add("requirepass \"" + options.secret() + "\"");
            lines.add("masterauth \"" + options.secret() + "\"");
        }
        Files.write(file, lines);
        List<String> command = new ArrayList<>(List.of(binary.path().toString(), file.toString()));
        command.addAll(options.extraArguments());
        return command;
    }

    @Override
    public URI uri(Site site, int port) {
        return ServerDialect.address(
                ServerKind.REDIS.id(), ServerDialect.password(site.options().secret()), port, "");
    }

    @Override
    public boolean isReady(Site site) throws IOException {
        return RedisExchange.isReady(site.port(), site.options().secret());
    }

    @Override
    public long requestsReceived(Site site) throws IOException {
        List<String> stats = RedisExchange.ask(site.port(), site.options().secret(), "INFO stats");
        return figure(stats, READS)
                .or(() -> figure(stats, PROCESSED))
                .orElseThrow(() -> new IOException("Redis did not tell " + READS));
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        String secret = site.options().secret();
        Map<String, Long> census = new TreeMap<>();
        put(census, "keys", RedisExchange.ask(site.port(), secret, "DBSIZE"), ":");
        put(census, "connections", RedisExchange.ask(site.port(), secret, "INFO clients"), "connected_clients:");
        put(census, "bytes", RedisExchange.ask(site.port(), secret, "INFO memory"), "used_memory:");
        return census;
    }

    private static void put(Map<String, Long> census, String name, List<String> answer, String begins)
            throws IOException {
        census.put(name, figure(answer, begins).orElseThrow(() -> new IOException("Redis did not tell its " + name)));
    }

    private static Optional<Long> figure(List<String> stats, String name) {
        return stats.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> Long.valueOf(line.substring(name.length())))
                .findFirst();
    }

    @Override
    public void check(ServerOptions options) {
        if (!options.secret().matches("[^\"\\\\\\s]*")) {
            throw new IllegalArgumentException("the password must not contain quotes, backslashes or white space");
        }
    }
}
