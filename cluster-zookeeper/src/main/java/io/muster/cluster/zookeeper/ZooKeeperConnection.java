package io.muster.cluster.zookeeper;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.ZooKeeper.States;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, kept up by Curator. Requests never go through Curator, because it repeats them in a new session when a
 * process wakes after its session ended: they go to the raw {@link ZooKeeper} handle, which is one session for all its
 * life. Thread-safe.
 */
final class ZooKeeperConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperConnection.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);
    /** Servers limit requests to 1 MiB, not answers: without this a long list of children would end the connection. */
    private static final int MOST_ANSWER_BYTES = 64 * 1024 * 1024;

    /** What follows the end of the connection's session at the server. */
    enum Life {
        /** A new one is opened. */
        RENEWED,
        /** Nothing: the connection is of no use any more. */
        ONE_SESSION
    }

    private final ZooKeeperConfig config;
    private final Life life;
    private final Timeline timeline;
    private final ZooKeeperErrors errors;
    private final CuratorFramework curator;
    private final Set<Runnable> connectedListeners = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    /** Done and replaced whenever the connection may have changed. */
    private volatile CompletableFuture<@Nullable Void> change = new CompletableFuture<>();

    private volatile @Nullable ZooKeeper handle;

    /** Whether the handle has its credentials. */
    @GuardedBy("this")
    private boolean entitled;

    private volatile boolean closed;

    ZooKeeperConnection(ZooKeeperConfig config, Duration sessionTimeout, Life life, Timeline timeline) {
        this.config = config;
        this.life = life;
        this.timeline = timeline;
        this.errors = new ZooKeeperErrors(config);
        int timeoutMillis = Math.toIntExact(sessionTimeout.toMillis());
        this.curator = CuratorFrameworkFactory.builder()
                .connectString(String.join(",", config.servers()))
                .sessionTimeoutMs(timeoutMillis)
                .connectionTimeoutMs(timeoutMillis)
                .retryPolicy(new RetryNTimes(0, 1))
                .ensembleTracker(false)
                .dontUseContainerParents()
                .zookeeperFactory(new Handles())
                .build();
    }

    ZooKeeperConnection start() {
        curator.getConnectionStateListenable()
                .addListener((client, state) -> LOG.debug("Connection changed state={} life={}", state, life));
        curator.start();
        return this;
    }

    /** Called on ZooKeeper's event thread after every (re)connection: must only post. */
    void onConnected(Runnable listener) {
        connectedListeners.add(listener);
    }

    void forget(Runnable listener) {
        connectedListeners.remove(listener);
    }

    /**
     * The handle, as soon as it is connected.
     *
     * @throws io.muster.cluster.SessionLostException the session is over, if there is only one
     * @throws io.muster.cluster.ClusterUnavailableException not connected in time
     */
    ZooKeeper connected(Deadline deadline) {
        Duration allowed = deadline.remaining();
        while (true) {
            CompletableFuture<@Nullable Void> next = change;
            ZooKeeper current = handle;
            if (closed) {
                throw errors.closed();
            }
            Optional<ZooKeeper> ready = entitled();
            if (ready.isPresent()) {
                return ready.get();
            }
            if (current != null) {
                if (current.getState() == States.AUTH_FAILED) {
                    throw errors.reading("connect", new KeeperException.AuthFailedException());
                }
                if (life == Life.ONE_SESSION && !current.getState().isAlive()) {
                    throw errors.sessionLost(Long.toHexString(current.getSessionId()));
                }
            }
            if (deadline.expired()) {
                throw errors.unreachable(allowed);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw errors.interrupted("connect");
            }
            timeline.await(next, deadline);
        }
    }

    /**
     * The handle if it is connected, with its credentials on the way before anything else. They are not given to a handle that still connects: over TLS a
     * server may answer them before it has answered that, which the client takes for a broken connection, and tries again a second or two later.
     */
    private synchronized Optional<ZooKeeper> entitled() {
        Optional<ZooKeeper> connected =
                Optional.ofNullable(handle).filter(newest -> newest.getState().isConnected());
        if (connected.isPresent() && !entitled) {
            entitled = true;
            config.digest().ifPresent(digest -> {
                String credentials = digest.user() + ":" + digest.password();
                connected.get().addAuthInfo("digest", credentials.getBytes(StandardCharsets.UTF_8));
            });
        }
        return connected;
    }

    private synchronized void take(ZooKeeper created) {
        handle = created;
        entitled = false;
    }

    /** Ends the session at the server if it can be reached, and waits two seconds for that. Idempotent. */
    @Override
    public void close() {
        beginClose();
        awaitClose(Deadline.after(CLOSE_WAIT, timeline.ticker()));
    }

    /** Closes without waiting. */
    void beginClose() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                timeline.start("muster-zookeeper-close", () -> {
                    try {
                        curator.close();
                    } finally {
                        ended.complete(null);
                    }
                });
            }
        }
        changed();
    }

    /** Whether closing was finished within the deadline; it goes on beyond it. */
    boolean awaitClose(Deadline deadline) {
        return timeline.await(ended, deadline);
    }

    private void changed() {
        CompletableFuture<@Nullable Void> done;
        synchronized (this) {
            done = change;
            change = new CompletableFuture<>();
        }
        done.complete(null);
    }

    private void onEvent(WatchedEvent event) {
        changed();
        if (event.getState() == KeeperState.SyncConnected) {
            connectedListeners.forEach(Runnable::run);
        }
    }

    private ZKClientConfig clientConfig() {
        ZKClientConfig settings = new ZKClientConfig();
        settings.setProperty("jute.maxbuffer", Integer.toString(MOST_ANSWER_BYTES));
        config.tls().ifPresent(tls -> {
            settings.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            settings.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            tls.trust().ifPresent(store -> addStore(settings, "zookeeper.ssl.trustStore", store));
            tls.key().ifPresent(store -> addStore(settings, "zookeeper.ssl.keyStore", store));
        });
        return settings;
    }

    private static void addStore(ZKClientConfig settings, String prefix, ZooKeeperConfig.Store store) {
        settings.setProperty(prefix + ".location", store.path().toString());
        settings.setProperty(prefix + ".password", store.password());
    }

    /**
     * Gives Curator its handles and keeps the newest. Of a single session Curator gets the dead handle again.
     */
    private final class Handles implements ZookeeperFactory {
        @Override
        public ZooKeeper newZooKeeper(String servers, int timeoutMillis, Watcher watcher, boolean readOnly)
                throws IOException {
            return newZooKeeper(servers, timeoutMillis, watcher, readOnly, clientConfig());
        }

        @Override
        public ZooKeeper newZooKeeper(
                String servers, int timeoutMillis, Watcher watcher, boolean readOnly, ZKClientConfig ignored)
                throws IOException {
            ZooKeeper first = handle;
            if (life == Life.ONE_SESSION && first != null) {
                return first;
            }
            Watcher both = event -> {
                watcher.process(event);
                onEvent(event);
            };
            ZooKeeper created = new ZooKeeper(
                    servers, timeoutMillis, both, readOnly, new ZooKeeperServers(servers), clientConfig());
            take(created);
            changed();
            return created;
        }
    }
}
