package io.muster.servers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.servers.ServerBinary.Found;
import io.muster.servers.ServerBinary.Missing;
import io.muster.servers.ServerDialect.Site;
import io.muster.servers.ServerLauncher.Launched;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real server on loopback, with its data in a scratch directory. It keeps its port and its data over {@link #restart()}
 * and loses both with {@link #close()}. It cannot outlive this JVM, in whatever way the JVM ends; if it runs at that
 * moment, its directory is removed too.
 *
 * <p>Safe for use by several threads; operations on one server happen one after the other.
 */
public final class LocalServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalServer.class);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final Found binary;
    private final ServerLauncher launcher;
    private final Site site;

    @GuardedBy("this")
    private GuardedProcess process;

    @GuardedBy("this")
    private boolean closed;

    private LocalServer(Found binary, ServerLauncher launcher, Launched launched) {
        this.binary = binary;
        this.launcher = launcher;
        this.site = launched.site();
        this.process = launched.process();
    }

    /** Starts a server with {@link ServerOptions#forTests()}; see {@link #start(ServerKind, ServerOptions)}. */
    public static LocalServer start(ServerKind kind) {
        return start(kind, ServerOptions.forTests());
    }

    /**
     * Starts a server on a free port and returns when it answers requests.
     *
     * @throws ServerStartException if there is no such server on this machine, or it does not become ready in a minute
     */
    public static LocalServer start(ServerKind kind, ServerOptions options) {
        ServerBinary binary = new ServerBinaries(ServerEnvironment.ofThisProcess()).locate(kind);
        if (binary instanceof Missing missing) {
            throw new ServerStartException(kind, "is missing: " + missing.reason(), "");
        }
        return start((Found) binary, options);
    }

    /**
     * As {@link #start(ServerKind, ServerOptions)}, for tests that are skipped where there is no such server.
     *
     * @return empty if there is none, which is then noted (see {@link SkippedServers})
     * @throws IllegalStateException if {@link ServerEnvironment#REQUIRED_VARIABLE} demands this server
     */
    public static Optional<LocalServer> tryStart(ServerKind kind, ServerOptions options) {
        ServerBinary binary = new ServerBinaries(ServerEnvironment.ofThisProcess()).locate(kind);
        if (binary instanceof Missing missing) {
            SkippedServers.note(kind.id(), missing.reason());
            return Optional.empty();
        }
        return Optional.of(start((Found) binary, options));
    }

    /** Starts this binary; see {@link #start(ServerKind, ServerOptions)}. */
    public static LocalServer start(Found binary, ServerOptions options) {
        ServerLauncher launcher = new ServerLauncher(binary);
        Launched launched = launcher.launch(options);
        log.info(
                "Started {} port={} pid={}",
                binary.kind().id(),
                launched.site().port(),
                launched.process().pid());
        return new LocalServer(binary, launcher, launched);
    }

    public ServerKind kind() {
        return binary.kind();
    }

    public Found binary() {
        return binary;
    }

    public ServerOptions options() {
        return site.options();
    }

    public String host() {
        return TextExchange.LOOPBACK;
    }

    /** The port for clients; the same until {@link #close()}. */
    public int port() {
        return site.port();
    }

    /**
     * The address for clients, such as {@code etcd://127.0.0.1:23456} or {@code postgresql://postgres@127.0.0.1:23456/postgres}.
     * It carries the password, if there is one; a Consul token is found in {@link #options()}.
     */
    public URI uri() {
        return uri(port());
    }

    /** As {@link #uri()}, but through a proxy to this server. */
    public URI uriThrough(TcpProxy proxy) {
        return uri(proxy.port());
    }

    private URI uri(int port) {
        return ServerDialect.of(kind()).uri(site, port);
    }

    /** What the server wrote so far, over all its runs. */
    public Path log() {
        return ServerLauncher.logOf(site);
    }

    /** The process id of the current or last run. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Whether its process exists; also true while it is frozen. */
    public synchronized boolean isRunning() {
        return process.isAlive();
    }

    /** Whether it answers requests of its own protocol now. */
    public boolean isReady() {
        try {
            return ServerDialect.of(kind()).isReady(site);
        } catch (IOException silent) {
            return false;
        }
    }

    /** Whether it says that it leads those it agrees with; see {@link QuorumServers}. */
    public boolean leads() {
        try {
            return ServerDialect.of(kind()).leads(site);
        } catch (IOException silent) {
            return false;
        }
    }

    /**
     * How many requests the server received since it started, in its own way of counting: packets read from
     * clients, which is one for a script (Redis), messages on calls and streams (etcd), finished requests (Consul), packets
     * including pings (ZooKeeper), transactions in the database of {@link #uri()} (PostgreSQL; up to a second late), statements (MariaDB). On Redis and MariaDB each call of this method adds a few; compare two readings.
     *
     * @throws UncheckedIOException if the server does not answer in two seconds
     */
    public long requestsReceived() {
        try {
            return ServerDialect.of(kind()).requestsReceived(site);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot ask " + uri(), failed);
        }
    }

    /**
     * How much it holds, by name: {@code keys}, {@code connections} and {@code bytes} (Redis), {@code keys}, {@code leases} and {@code watchers}
     * (etcd), {@code keys}, {@code sessions} and {@code checks} (Consul), {@code nodes} and {@code connections} (ZooKeeper),
     * {@code connections} and the rows of each table (SQL). What asks is among the connections of Redis, MariaDB and MySQL.
     *
     * @throws UncheckedIOException if the server does not answer in two seconds
     */
    public Map<String, Long> census() {
        try {
            return ServerDialect.of(kind()).census(site);
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot ask " + uri(), failed);
        }
    }

    /**
     * SIGTERM, or what else makes the server end without waiting for its clients; returns when the process is gone, after
     * {@code SIGKILL} if it takes too long. Does nothing if it is gone.
     */
    public synchronized void stop() {
        process.terminateAndThaw(ServerDialect.of(kind()).stopSignal());
        if (!process.awaitExit(STOP_LIMIT)) {
            log.warn("Server did not stop and is killed kind={} pid={}", kind().id(), process.pid());
            process.kill();
        }
    }

    /** SIGKILL to the server and its children; returns when they are gone. Does nothing if they are gone. */
    public synchronized void kill() {
        process.kill();
    }

    /** SIGSTOP to the server and its children: the port still accepts connections, in the kernel, but nothing is answered. */
    public synchronized void freeze() {
        process.freeze();
    }

    /** SIGCONT. */
    public synchronized void thaw() {
        process.thaw();
    }

    /**
     * Lets each file of the server grow to so many bytes and no further, as if the disk were full, until {@link #unlimitFiles}, or the next start.
     * Existing files that are larger can still be changed up to there.
     *
     * @throws IllegalStateException if this system cannot; see {@link #canLimitFiles}
     */
    public synchronized void limitFiles(long bytes) {
        process.limitFiles(Long.toString(bytes));
    }

    /** The disk has room again. */
    public synchronized void unlimitFiles() {
        process.limitFiles("unlimited");
    }

    /** Whether {@link #limitFiles} works here: on Linux with {@code prlimit}. */
    public static boolean canLimitFiles() {
        return FileLimit.isPossible();
    }

    /**
     * Stops the server if it runs, and starts it again with the same port and data; returns when it answers.
     *
     * @throws ServerStartException if it does not become ready in a minute
     * @throws IllegalStateException if it was closed
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(uri() + " was closed and has no data to start with");
        }
        stop();
        process = launcher.launchAt(site);
        log.info("Restarted {} port={} pid={}", kind().id(), port(), process.pid());
    }

    /** Makes a frozen, stopped or killed server usable again; does nothing to a healthy one. */
    public synchronized void ensureRunning() {
        if (isRunning()) {
            process.thaw();
        } else {
            restart();
        }
    }

    /** Kills the server and removes its data. Calling it twice has no effect. */
    @Override
    public synchronized void close() {
        closed = true;
        process.kill();
        Directories.delete(site.directory());
    }
}
