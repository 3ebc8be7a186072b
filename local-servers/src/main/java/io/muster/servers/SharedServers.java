package io.muster.servers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One server per kind and options for all tests of a JVM: started when first asked for, gone when the JVM ends. Tests
 * that share it must keep to their own names in it. Safe for use by several threads.
 */
public final class SharedServers {

    private record Key(ServerKind kind, ServerOptions options) {}

    private static final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private static final Map<Key, LocalServer> servers = new HashMap<>();

    private SharedServers() {}

    /** The shared server with {@link ServerOptions#forTests()}. */
    public static Optional<LocalServer> get(ServerKind kind) {
        return get(kind, ServerOptions.forTests());
    }

    /**
     * The shared server, running: one that an earlier test left frozen, stopped or dead is thawed or started again.
     *
     * @return empty if there is no such server on this machine, which is then noted (see {@link SkippedServers})
     * @throws IllegalStateException if {@link ServerEnvironment#REQUIRED_VARIABLE} demands this server
     */
    public static Optional<LocalServer> get(ServerKind kind, ServerOptions options) {
        lock.lock();
        try {
            Key key = new Key(kind, options);
            LocalServer known = servers.get(key);
            if (known != null) {
                known.ensureRunning();
                return Optional.of(known);
            }
            Optional<LocalServer> started = LocalServer.tryStart(kind, options);
            started.ifPresent(server -> servers.put(key, server));
            return started;
        } finally {
            lock.unlock();
        }
    }
}
