package io.muster.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.muster.cluster.time.Backoff;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscriptions of a backend or store on one connection, which is made by the first and made again whenever it is lost. Fields
 * without another word belong to the loop; receivers are called on it or on Lettuce's thread and must not block.
 */
public final class RedisChannels implements AutoCloseable {
    /** A receiver of one channel. Must not block. */
    public interface Receiver {
        /** What is published from now on arrives. Called again after every interruption, in which messages may be lost. */
        void onSubscribed();

        void onMessage(byte[] message);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RedisChannels.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final RedisConnector connector;
    private final RedisErrors errors;
    private final Timeline timeline;
    private final Loop loop;
    private final Map<String, List<Receiver>> receivers = new ConcurrentHashMap<>();

    private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private final Set<String> requested = new HashSet<>();
    private final Set<String> confirmed = new HashSet<>();
    private boolean connecting;
    private int failures;
    private volatile boolean closed;

    /** @param name of its thread */
    public RedisChannels(RedisConnector connector, RedisErrors errors, Timeline timeline, String name) {
        this.connector = connector;
        this.errors = errors;
        this.timeline = timeline;
        this.loop = timeline.loop(name);
    }

    public void add(String channel, Receiver receiver) {
        receivers.compute(channel, (name, present) -> {
            List<Receiver> all = present == null ? new ArrayList<>() : new ArrayList<>(present);
            all.add(receiver);
            return List.copyOf(all);
        });
        loop.post(() -> join(channel, receiver));
    }

    public void remove(String channel, Receiver receiver) {
        receivers.computeIfPresent(channel, (name, present) -> {
            List<Receiver> others =
                    present.stream().filter(other -> !other.equals(receiver)).toList();
            return others.isEmpty() ? null : others;
        });
        loop.post(() -> leave(channel));
    }

    /** Gives the connection up and makes another: nothing arrives on it any more. */
    public void reconnect() {
        loop.post(() -> {
            if (connection != null) {
                lost(connection, errors.silent());
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
    }

    private void join(String channel, Receiver receiver) {
        if (connection == null) {
            connect();
        } else if (confirmed.contains(channel)) {
            receiver.onSubscribed();
        } else {
            subscribe(connection, Set.of(channel));
        }
    }

    private void leave(String channel) {
        if (!receivers.containsKey(channel) && requested.remove(channel) && connection != null) {
            confirmed.remove(channel);
            RedisFuture<Void> unused = connection.async().unsubscribe(bytes(channel));
        }
    }

    private void connect() {
        if (!connecting && !closed) {
            connecting = true;
            CompletableFuture<?> unused = connector.connectPubSub().whenComplete((made, failure) -> {
                if (closed && made != null) {
                    RedisConnector.giveUp(made);
                }
                loop.post(() -> connected(made, failure));
            });
        }
    }

    private void connected(@Nullable StatefulRedisPubSubConnection<byte[], byte[]> made, @Nullable Throwable failure) {
        connecting = false;
        if (made == null) {
            failed(failure == null ? errors.silent() : errors.connecting(failure));
            return;
        }
        connection = made;
        Events events = new Events(made);
        made.addListener(events.messages);
        made.addListener(events);
        subscribe(made, Set.copyOf(receivers.keySet()));
        if (!made.isOpen()) {
            lost(made, errors.silent());
        }
    }

    private void subscribe(StatefulRedisPubSubConnection<byte[], byte[]> made, Set<String> channels) {
        List<String> fresh = channels.stream().filter(requested::add).toList();
        if (fresh.isEmpty()) {
            return;
        }
        CompletionStage<?> unused = made.async()
                .subscribe(fresh.stream().map(RedisChannels::bytes).toArray(byte[][]::new))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        loop.post(() -> lost(made, errors.connecting(failure)));
                    }
                });
    }

    private void lost(StatefulRedisPubSubConnection<byte[], byte[]> gone, RuntimeException reason) {
        if (gone.equals(connection)) {
            connection = null;
            requested.clear();
            confirmed.clear();
            RedisConnector.giveUp(gone);
            failed(reason);
        }
    }

    private void failed(RuntimeException reason) {
        if (closed) {
            return;
        }
        failures++;
        if (failures == 1) {
            LOG.info("Subscriptions are interrupted, connecting again reason={}", reason.getMessage());
        }
        loop.schedule(BACKOFF.after(failures, timeline.random()), this::connect);
    }

    private void confirmed(StatefulRedisPubSubConnection<byte[], byte[]> by, String channel) {
        if (by.equals(connection) && confirmed.add(channel)) {
            if (failures > 0) {
                LOG.info("Subscriptions work again failures={}", failures);
                failures = 0;
            }
            receivers.getOrDefault(channel, List.of()).forEach(Receiver::onSubscribed);
        }
    }

    private static byte[] bytes(String channel) {
        return channel.getBytes(StandardCharsets.UTF_8);
    }

    /** What Lettuce reports of one connection. */
    private final class Events implements RedisConnectionStateListener {
        private final StatefulRedisPubSubConnection<byte[], byte[]> source;
        private final RedisPubSubAdapter<byte[], byte[]> messages = new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                receivers.getOrDefault(text(channel), List.of()).forEach(receiver -> receiver.onMessage(message));
            }

            @Override
            public void subscribed(byte[] channel, long count) {
                String name = text(channel);
                loop.post(() -> confirmed(source, name));
            }
        };

        Events(StatefulRedisPubSubConnection<byte[], byte[]> source) {
            this.source = source;
        }

        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
            // The connection was made before this listener was added.
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            loop.post(() -> lost(source, errors.silent()));
        }

        private static String text(byte[] channel) {
            return new String(channel, StandardCharsets.UTF_8);
        }
    }
}
