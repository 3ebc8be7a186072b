package io.muster.cluster.zookeeper;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.Capabilities.FenceStrength;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.RingBroadcast;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Multi;
import io.muster.cluster.zookeeper.ZooKeeperCalls.Node;
import io.muster.cluster.zookeeper.ZooKeeperConnection.Life;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primitives on ZooKeeper: an entry is a znode, a session is a ZooKeeper session, numbers are zxids.
 *
 * <p>One connection for reads and unbound writes, one for watches, one for each session.
 */
final class ZooKeeperBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperBackend.class);

    /**
     * Of the connections that no bound entry hangs on. A server that is silent for two thirds of it is left for another
     * one, and a heartbeat is sent every third of it when idle.
     */
    private static final Duration IDLE_SESSION = Duration.ofSeconds(7);

    /** Asked for in order to learn what the server grants at least; shorter ones would not survive a JVM's pauses. */
    private static final Duration SHORTEST_SESSION = Duration.ofSeconds(1);

    /** Of a server with the default tick. */
    private static final Duration USUAL_LEAST_SESSION = Duration.ofSeconds(4);

    private static final Duration PROBE_WAIT = Duration.ofSeconds(2);
    private static final Duration SHORTEST_CONNECT = Duration.ofMillis(350);
    private static final Duration CLOSE_WAIT = Duration.ofMillis(4_500);
    private static final Duration DETECTION = Duration.ofSeconds(1);
    private static final int MOST_TRANSACTION_BYTES = 640 * 1024;
    private static final int MOST_VALUE_BYTES = 512 * 1024;
    private static final int MOST_MESSAGE_BYTES = 64 * 1024;
    private static final int MOST_OPERATIONS = 1_000;
    private static final int IDENTITY_BYTES = 16;

    /** What paths and framing may add to a transaction so that it stays below a server's limit of 1 MiB. */
    private static final int MOST_FRAMING_BYTES = 200_000;

    private static final int FRAMING_PER_OPERATION = 60;

    private final ZooKeeperConfig config;
    private final Timeline timeline;
    private final ZooKeeperKeys keys;
    private final ZooKeeperErrors errors;
    private final ZooKeeperConnection data;
    private final ZooKeeperConnection watching;
    private final ZooKeeperWatchers watchers = new ZooKeeperWatchers();
    private final ZooKeeperReads reads;
    private final ZooKeeperTransactions transactions;
    private final RingBroadcast broadcast;
    private final Loop watchdog;
    private final Set<ZooKeeperSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<ZooKeeperWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile Capabilities capabilities;
    private volatile boolean closed;

    private ZooKeeperBackend(ZooKeeperConfig config, String namespace, Timeline timeline) {
        this.config = config;
        this.timeline = timeline;
        this.keys = new ZooKeeperKeys(config.chroot(), namespace);
        this.errors = new ZooKeeperErrors(config);
        this.data = new ZooKeeperConnection(config, IDLE_SESSION, Life.RENEWED, timeline);
        this.watching = new ZooKeeperConnection(config, IDLE_SESSION, Life.RENEWED, timeline);
        ZooKeeperAcl acl = ZooKeeperAcl.of(config);
        this.reads = new ZooKeeperReads(data, keys, acl, timeline, errors);
        this.transactions = new ZooKeeperTransactions(reads, keys, acl.namespace(), timeline, errors);
        this.watchdog = timeline.loop("muster-zookeeper-sessions");
        this.broadcast = new RingBroadcast(this, timeline);
        this.capabilities = capabilities(IDLE_SESSION, keys);
    }

    static ZooKeeperBackend open(ZooKeeperConfig config, String namespace, Timeline timeline) {
        ZooKeeperBackend backend = new ZooKeeperBackend(config, namespace, timeline);
        try {
            backend.connect(Deadline.after(config.connectTimeout(), timeline.ticker()));
            return backend;
        } catch (ClusterException e) {
            backend.close();
            throw e;
        }
    }

    private void connect(Deadline deadline) {
        data.start();
        watching.start();
        data.connected(deadline);
        reads.ensureNamespace(deadline);
        identity(deadline);
        watching.connected(deadline);
        capabilities = capabilities(leastSessionTtl(deadline), keys);
    }

    /** Learnt from what the server makes of a session that is too short. */
    private Duration leastSessionTtl(Deadline deadline) {
        ZooKeeperConnection probe =
                new ZooKeeperConnection(config, shortestSession(config), Life.ONE_SESSION, timeline).start();
        try {
            return Duration.ofMillis(
                    probe.connected(deadline.orAfter(PROBE_WAIT)).getSessionTimeout());
        } catch (ClusterUnavailableException e) {
            LOG.warn(
                    "No connection in the time of a short session; longer ones are asked for least={}",
                    USUAL_LEAST_SESSION);
            return USUAL_LEAST_SESSION;
        } finally {
            probe.beginClose();
        }
    }

    /** A client gives up on a server after a session's length divided by the number of servers. */
    private static Duration shortestSession(ZooKeeperConfig config) {
        Duration connect = SHORTEST_CONNECT.multipliedBy(config.servers().size());
        return connect.compareTo(SHORTEST_SESSION) > 0 ? connect : SHORTEST_SESSION;
    }

    private static Capabilities capabilities(Duration leastSessionTtl, ZooKeeperKeys keys) {
        // Each operation may need two more on a counter of creations.
        int framing = 3 * (keys.directories().length() + FRAMING_PER_OPERATION);
        return new Capabilities(
                "zookeeper",
                leastSessionTtl,
                // Servers round up to their tick, by default half of the shortest session.
                leastSessionTtl.dividedBy(2).plus(DETECTION),
                true,
                FenceStrength.STRICT,
                false,
                false,
                Math.min(MOST_OPERATIONS, MOST_FRAMING_BYTES / framing),
                MOST_TRANSACTION_BYTES,
                MOST_VALUE_BYTES,
                MOST_MESSAGE_BYTES);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public String identity(Deadline deadline) {
        while (true) {
            Optional<Node> found = reads.node(keys.identity(), deadline);
            if (found.isPresent()) {
                return new String(found.get().data(), StandardCharsets.US_ASCII);
            }
            byte[] identity = new byte[IDENTITY_BYTES];
            timeline.random().nextBytes(identity);
            String text = HexFormat.of().formatHex(identity);
            reads.ensureNamespace(deadline);
            reads.ensure(keys.identity(), text.getBytes(StandardCharsets.US_ASCII), deadline);
        }
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        Duration least = capabilities.leastSessionTtl();
        Duration asked = ttl.compareTo(least) < 0 ? least : ttl;
        ZooKeeperSession session = ZooKeeperSession.open(config, keys, asked, timeline, watchdog, deadline);
        sessions.removeIf(ZooKeeperSession::isOver);
        sessions.add(session);
        if (closed) {
            session.end(deadline);
            throw errors.closed();
        }
        return session;
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        capabilities.check(transaction);
        return transactions.commit(transaction, writer(transaction), deadline);
    }

    /** Whatever is bound to a session is written on its connection, together with all else in the transaction. */
    private ZooKeeperWriter writer(Transaction transaction) {
        Optional<ZooKeeperSession> bound = Optional.empty();
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Bind bind) {
                if (!(bind.session() instanceof ZooKeeperSession session) || !session.isIn(keys)) {
                    throw new IllegalArgumentException("Not a session of this backend: " + bind.session());
                }
                if (bound.isPresent() && !bound.get().equals(session)) {
                    throw new IllegalArgumentException("A transaction binds to one session only");
                }
                bound = Optional.of(session);
            }
        }
        return bound.<ZooKeeperWriter>map(session -> session).orElse(this::send);
    }

    private Multi send(List<Op> operations, Deadline deadline) {
        ZooKeeper zk = data.connected(deadline);
        if (deadline.expired()) {
            throw errors.late("commit");
        }
        try {
            return ZooKeeperCalls.await(ZooKeeperCalls.multi(zk, operations), timeline, deadline);
        } catch (KeeperException e) {
            throw errors.writing("commit", e);
        }
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return reads.read(key, deadline);
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        return reads.list(request, deadline);
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        Key.checkDirectory(directory);
        ZooKeeperWatch watch = new ZooKeeperWatch(watching, watchers, keys, directory, listener, timeline, errors);
        watches.add(watch);
        watch.start();
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        capabilities.checkMessage(message);
        broadcast.publish(channel, message, deadline);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        return broadcast.subscribe(channel, listener);
    }

    @Override
    public void close() {
        Deadline deadline = Deadline.after(CLOSE_WAIT, timeline.ticker());
        closed = true;
        broadcast.close();
        watchdog.close();
        watches.forEach(ZooKeeperWatch::close);
        watches.clear();
        sessions.forEach(ZooKeeperSession::beginEnd);
        data.beginClose();
        watching.beginClose();
        sessions.forEach(session -> session.awaitEnd(deadline));
        data.awaitClose(deadline);
        watching.awaitClose(deadline);
    }
}
