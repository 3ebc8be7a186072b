package io.muster.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Redis servers that belong together: all from one binary, closed together. */
final class RedisServerGroup implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ServerOptions options;
    private final List<LocalServer> servers = new ArrayList<>();

    private RedisServerGroup(ServerOptions options) {
        this.options = options;
    }

    /** What makes a group out of servers. */
    interface Setup<T> {

        T in(RedisServerGroup group) throws IOException;
    }

    /** A group set up; empty if there is no Redis on this machine, which is then noted. */
    static <T> Optional<T> tryStart(ServerOptions options, Setup<T> setup) {
        ServerEnvironment environment = ServerEnvironment.ofThisProcess();
        if (new ServerBinaries(environment).locate(ServerKind.REDIS) instanceof ServerBinary.Missing missing) {
            SkippedServers.note(ServerKind.REDIS.id(), missing.reason());
            return Optional.empty();
        }
        RedisServerGroup group = new RedisServerGroup(options);
        boolean complete = false;
        try {
            Optional<T> result = Optional.of(setup.in(group));
            complete = true;
            return result;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot set up " + group.servers.size() + " Redis servers", failed);
        } finally {
            if (!complete) {
                group.close();
            }
        }
    }

    /** Adds servers with the options of the group and some more arguments, before those of the user. */
    List<LocalServer> start(int count, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(options.extraArguments());
        return start(count, options.withExtraArguments(all.toArray(String[]::new)));
    }

    List<LocalServer> start(int count, ServerOptions exactly) {
        List<LocalServer> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LocalServer server = LocalServer.start(ServerKind.REDIS, exactly);
            servers.add(server);
            added.add(server);
        }
        return added;
    }

    /** Those of these servers that run and are not frozen, so that they can be asked. */
    static List<LocalServer> running(List<LocalServer> servers) {
        return servers.stream().filter(LocalServer::isRunning).toList();
    }

    /** Waits for what the servers arrange among themselves. */
    static void await(String what, BooleanSupplier condition) {
        if (!Await.until(LIMIT, condition)) {
            throw new IllegalStateException(what + ": not within " + LIMIT);
        }
    }

    /** Hosts and ports as they stand in an address, after the password, if there is one. */
    String authority(List<LocalServer> hosts) {
        String password = ServerDialect.password(options.secret());
        String at = password.isEmpty() ? "" : password + "@";
        return at
                + String.join(
                        ",",
                        hosts.stream()
                                .map(host -> host.host() + ":" + host.port())
                                .toList());
    }

    @Override
    public void close() {
        servers.forEach(LocalServer::close);
    }
}
