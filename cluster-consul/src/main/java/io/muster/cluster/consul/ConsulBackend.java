package io.muster.cluster.consul;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Subscription;
import io.muster.cluster.consul.ConsulErrors.Effect;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.RingBroadcast;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primitives on Consul's key-value store. Numbers of the namespace are Raft indexes. All reads are consistent ones,
 * confirmed by a quorum.
 */
final class ConsulBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(ConsulBackend.class);
    private static final int COMMAND_CONNECTIONS = 16;
    private static final int SESSION_CONNECTIONS = 2;
    private static final Duration CLOSING = Duration.ofMillis(2_500);
    private static final Duration ASK_AGAIN = Duration.ofMillis(100);
    private static final long NONCES = 1L << 53;

    /**
     * Consul takes 64 operations and 512 KiB of JSON with values in base64. A put without a compare is worth two
     * operations where there is room, a bind always is; keys may stand there twice.
     *
     * <p>A session whose process died ends within a tenth of a second of its TTL. If its agent died with it, the servers
     * first have to miss that agent: 5.9 s were measured with three servers and default gossip, whatever the TTL.
     */
    private static final Capabilities CAPABILITIES = new Capabilities(
            "consul",
            ConsulSession.LEAST_TTL,
            Duration.ofSeconds(5),
            false,
            Capabilities.FenceStrength.STRICT,
            false,
            true,
            60,
            320 * 1024,
            300 * 1024,
            64 * 1024);

    private final ConsulKeys keys;
    private final ConsulConfig config;
    private final Timeline timeline;
    private final Loop cutOffs;
    private final ConsulErrors errors;
    private final ConsulHttp commands;
    private final ConsulHttp renewals;
    private final ConsulLists lists;
    private final ConsulFolders folders;
    private final RingBroadcast broadcast;
    private final Set<ConsulSession> sessions = ConcurrentHashMap.newKeySet();

    @GuardedBy("this")
    private final Map<String, ConsulWatch> watches = new HashMap<>();

    @GuardedBy("this")
    private boolean closed;

    private ConsulBackend(ConsulConfig config, String namespace, Timeline timeline) {
        this.keys = new ConsulKeys(namespace);
        this.config = config;
        this.timeline = timeline;
        this.cutOffs = timeline.loop("muster-consul-cut-offs");
        this.errors = new ConsulErrors(config.address());
        this.commands = new ConsulHttp(config, errors, COMMAND_CONNECTIONS, cutOffs);
        this.renewals = new ConsulHttp(config, errors, SESSION_CONNECTIONS, cutOffs);
        this.lists = new ConsulLists(keys, commands);
        this.folders = new ConsulFolders(keys, this::liveSession);
        this.broadcast = new RingBroadcast(this, timeline);
    }

    /** Proves address, token, and the right to read and write by creating the namespace's identity or reading it. */
    static ConsulBackend open(ConsulConfig config, String namespace, Timeline timeline) {
        ConsulBackend backend = new ConsulBackend(config, namespace, timeline);
        try {
            backend.awaitIdentity(Deadline.after(config.connectTimeout(), timeline.ticker()));
            backend.errors.letIn();
            return backend;
        } catch (ClusterException e) {
            backend.close();
            throw e;
        }
    }

    /** Servers that have no leader at this moment say so, and may have one soon: they are asked again as long as opening may take. */
    private void awaitIdentity(Deadline deadline) {
        boolean known = false;
        while (!known) {
            try {
                identity(deadline);
                known = true;
            } catch (ClusterUnavailableException e) {
                boolean again = ConsulErrors.isAnswer(e) && deadline.remaining().compareTo(ASK_AGAIN) > 0;
                if (!again || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                timeline.await(new CompletableFuture<Void>(), deadline.orAfter(ASK_AGAIN));
            }
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public String identity(Deadline deadline) {
        Optional<String> present = presentIdentity(deadline);
        if (present.isEmpty()) {
            createIdentity(deadline);
            present = presentIdentity(deadline);
        }
        return present.orElseThrow(() -> new ClusterUnavailableException(
                "Namespace " + keys.namespace() + " was deleted at this moment; nothing was applied"));
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        sessions.removeIf(ConsulSession::isOver);
        ConsulSession session = ConsulSession.open(renewals, keys.namespace(), ttl, timeline, deadline);
        sessions.add(session);
        return session;
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        CAPABILITIES.check(transaction);
        ConsulTransactions request =
                new ConsulTransactions(keys, transaction, timeline.random().nextLong(NONCES));
        ConsulHttp.Reply reply = commands.put(commands.inDatacenter("/v1/txn"), request.body(), Effect.WRITE, deadline);
        if (reply.status() == 200) {
            return request.committed(commands.json(reply));
        }
        Optional<CommitResult> conflict =
                reply.status() == 409 ? request.conflict(commands.json(reply)) : Optional.empty();
        return conflict.orElseThrow(() -> commands.errors().refused(reply.status(), reply.body(), Effect.WRITE));
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return lists.found(ConsulKeys.inAddress(keys.path(key)) + "?consistent", deadline)
                .map(found -> ConsulEntries.entry(key, found.array().path(0)));
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        return lists.page(request, deadline);
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        Key.checkDirectory(directory);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("The backend is closed");
            }
            ConsulWatch watch = watches.computeIfAbsent(directory, this::startWatch);
            ConsulWatchFeed feed = watch.add(listener);
            return () -> unwatch(directory, watch, feed);
        }
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        CAPABILITIES.checkMessage(message);
        broadcast.publish(channel, message, deadline);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        return broadcast.subscribe(channel, listener);
    }

    @Override
    public void close() {
        List<ConsulWatch> running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = new ArrayList<>(watches.values());
            watches.clear();
        }
        endSessions();
        running.forEach(ConsulWatch::close);
        broadcast.close();
        commands.close();
        renewals.close();
        cutOffs.close();
    }

    private void endSessions() {
        Deadline deadline = Deadline.after(CLOSING, timeline.ticker());
        for (ConsulSession session : sessions) {
            try {
                session.end(deadline);
            } catch (ClusterException e) {
                LOG.warn(
                        "Session is left to expire session={} ttl={} reason={}",
                        session.id(),
                        session.effectiveTtl(),
                        e.getMessage());
            }
        }
    }

    private ConsulWatch startWatch(String directory) {
        ConsulWatch watch =
                new ConsulWatch(directory, keys, folders, new ConsulHttp(config, errors, 1, cutOffs), timeline);
        watch.start();
        return watch;
    }

    private void unwatch(String directory, ConsulWatch watch, ConsulWatchFeed feed) {
        boolean idle;
        synchronized (this) {
            idle = watch.remove(feed);
            if (idle) {
                watches.remove(directory, watch);
            }
        }
        if (idle) {
            watch.close();
            watch.folderOwner()
                    .ifPresent(owner -> timeline.start("muster-consul-folder", () -> removeFolder(directory, owner)));
        }
    }

    /** With its session it would go by itself, but a process may watch many directories in its life. */
    private void removeFolder(String directory, String owner) {
        folders.remove(directory, owner, commands, Deadline.after(CLOSING, timeline.ticker()));
    }

    private Optional<String> liveSession() {
        return sessions.stream().filter(session -> !session.isOver()).findAny().map(ConsulSession::id);
    }

    private Optional<String> presentIdentity(Deadline deadline) {
        return lists.found(ConsulKeys.inAddress(keys.identity()) + "?consistent", deadline)
                .map(found -> ConsulEntries.text(found.array().path(0)));
    }

    /** If another node was faster, its identity stays. */
    private void createIdentity(Deadline deadline) {
        byte[] random = new byte[16];
        timeline.random().nextBytes(random);
        String body =
                ConsulTransactions.creation(keys.identity(), HexFormat.of().formatHex(random));
        ConsulHttp.Reply reply = commands.put(commands.inDatacenter("/v1/txn"), body, Effect.NONE, deadline);
        if (reply.status() != 200 && !ConsulTransactions.isStale(reply)) {
            throw commands.errors().refused(reply.status(), reply.body(), Effect.NONE);
        }
    }
}
