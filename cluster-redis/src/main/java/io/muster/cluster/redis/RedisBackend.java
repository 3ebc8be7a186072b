package io.muster.cluster.redis;

import io.muster.cluster.ClusterException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import io.muster.redis.RedisAddress;
import io.muster.redis.RedisChannels;
import io.muster.redis.RedisConnection;
import io.muster.redis.RedisConnector;
import io.muster.redis.RedisErrors;
import io.muster.redis.RedisErrors.Effect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primitives on Redis: each is one script, see {@link RedisScripts}. Three connections: requests, renewals (so that
 * nothing delays them), subscriptions. One loop sweeps, one keeps the subscriptions, and each watch and subscription has its
 * own for its listener.
 */
final class RedisBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(RedisBackend.class);
    private static final int MOST_OPERATIONS = 256;
    private static final int MOST_TRANSACTION_BYTES = 1 << 20;
    private static final int MOST_VALUE_BYTES = 512 << 10;
    private static final int MOST_MESSAGE_BYTES = 64 << 10;
    private static final int PAGE = 200;
    private static final int PAGE_BYTES = 256 << 10;
    private static final Duration LEAST_TTL = Duration.ofMillis(500);
    private static final Duration EXPIRY_SLACK = Duration.ofMillis(500);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(1);
    private static final int ID_BYTES = 16;

    private final RedisConfig config;
    private final Timeline timeline;
    private final RedisKeys keys;
    private final RedisEntries entries = new RedisEntries();
    private final RedisConnector connector;
    private final RedisConnection connection;
    private final RedisConnection renewing;
    private final RedisScriptCalls requests;
    private final RedisScriptCalls renewals;
    private final RedisChannels channels;
    private final RedisSweep sweep;
    private final RedisIndexes indexes;
    private final Capabilities capabilities;
    private final AtomicBoolean following = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<RedisSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

    private RedisBackend(RedisConfig config, String namespace, Timeline timeline) {
        this.config = config;
        this.timeline = timeline;
        this.keys = new RedisKeys(namespace, config.server().database());
        RedisErrors errors = new RedisErrors(config.server(), keys.accessRules(), ClusterFailures.INSTANCE);
        this.connector = new RedisConnector(
                config.server(),
                new String(keys.revision(), StandardCharsets.UTF_8),
                errors,
                RedisConnector.Check.NONE);
        this.channels = new RedisChannels(connector, errors, timeline, "muster-redis-channels");
        this.connection = new RedisConnection(connector, errors, timeline, channels::reconnect);
        this.renewing = new RedisConnection(connector, errors, timeline, channels::reconnect);
        this.requests = new RedisScriptCalls(connection);
        this.renewals = new RedisScriptCalls(renewing);
        this.sweep = new RedisSweep(this::sweep, channels, keys, randomId(timeline), timeline);
        this.indexes = new RedisIndexes(this::reindex, timeline);
        this.capabilities = new Capabilities(
                "redis",
                LEAST_TTL,
                EXPIRY_SLACK,
                config.server().topology() == RedisAddress.Topology.SERVER,
                Capabilities.FenceStrength.BEST_EFFORT,
                true,
                false,
                MOST_OPERATIONS,
                MOST_TRANSACTION_BYTES,
                MOST_VALUE_BYTES,
                MOST_MESSAGE_BYTES);
    }

    static RedisBackend open(RedisConfig config, String namespace, Timeline timeline) {
        RedisBackend backend = new RedisBackend(config, namespace, timeline);
        try {
            backend.identity(Deadline.after(config.server().connectTimeout(), timeline.ticker()));
            backend.connector.server().ifPresent(server -> {
                server.requireVersion(config.server().hostsText());
                server.requireKeepsKeys(config.server().hostsText());
            });
            return backend;
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public String identity(Deadline deadline) {
        byte[] id = requests.text(
                RedisScripts.IDENTITY,
                Effect.READS,
                deadline,
                arguments(keys.identity(), RedisKeys.bytes(randomId(timeline))));
        return new String(id, StandardCharsets.UTF_8);
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        Duration effective = ttl.compareTo(LEAST_TTL) < 0 ? LEAST_TTL : ttl;
        RedisSession session = new RedisSession(this, randomId(timeline), effective);
        requests.number(RedisScripts.OPEN, Effect.READS, deadline, sessionArguments(session));
        sessions.add(session);
        return session;
    }

    /** Whether the session lived. */
    boolean renew(RedisSession session, Deadline deadline) {
        long lived = renewals.number(RedisScripts.RENEW, Effect.READS, deadline, sessionArguments(session));
        if (lived == 0) {
            sessions.remove(session);
        }
        return lived == 1;
    }

    void end(RedisSession session, Deadline deadline) {
        long done = 0;
        while (done == 0) {
            done = requests.number(
                    RedisScripts.END,
                    Effect.READS,
                    deadline,
                    arguments(keys.session(session.id()), RedisKeys.bytes(session.id())));
        }
        sessions.remove(session);
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        capabilities.check(transaction);
        byte[][] arguments = arguments(
                keys.revision(), RedisTransactions.arguments(transaction).toArray(byte[][]::new));
        List<?> answer = indexes.whole(
                RedisTransactions.directories(transaction),
                deadline,
                () -> requests.list(RedisScripts.COMMIT, Effect.WRITES, deadline, arguments));
        return RedisTransactions.result(transaction, answer);
    }

    @Override
    public Optional<Entry> read(Key key, Deadline deadline) {
        return some(key.directory(), List.of(key.name()), deadline).stream().findFirst();
    }

    @Override
    public Listing list(ListRequest request, Deadline deadline) {
        String from = request.after().map(name -> "(" + name).orElse("-");
        boolean values = request.values() == ListRequest.Values.INCLUDED;
        RedisEntries.Page page;
        do {
            byte[][] arguments = arguments(
                    keys.directory(request.directory()),
                    RedisKeys.bytes(request.directory()),
                    RedisKeys.bytes(from),
                    RedisKeys.bytes(Integer.toString(Math.min(request.limit(), PAGE))),
                    RedisKeys.bytes(values ? "v" : "r"),
                    RedisKeys.bytes(Integer.toString(PAGE_BYTES)));
            List<?> answer = indexes.whole(
                    List.of(request.directory()),
                    deadline,
                    () -> requests.list(RedisScripts.LIST, Effect.READS, deadline, arguments));
            page = entries.page(request.directory(), answer);
            from = "(" + page.last();
        } while (page.entries().isEmpty() && page.more());
        return new Listing(page.entries(), page.more());
    }

    @Override
    public Subscription watch(String directory, WatchListener listener) {
        Key.checkDirectory(directory);
        RedisWatch watch = new RedisWatch(directory, listener, new Reader(), timeline);
        follow();
        return subscribed(keys.hintChannel(directory), watch, watch);
    }

    @Override
    public void publish(String channel, byte[] message, Deadline deadline) {
        capabilities.checkMessage(message);
        byte[] name = RedisKeys.bytes(keys.messageChannel(channel));
        connection.call("publish", Effect.WRITES, deadline, redis -> redis.publish(name, message));
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener) {
        RedisSubscription subscription = new RedisSubscription(channel, listener, timeline);
        follow();
        Subscription handle = subscribed(keys.messageChannel(channel), subscription, subscription);
        subscription.awaitSubscribed(Deadline.after(config.server().connectTimeout(), timeline.ticker()));
        return handle;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Deadline deadline = Deadline.after(END_TIMEOUT, timeline.ticker());
        for (RedisSession session : sessions) {
            try {
                session.end(deadline);
            } catch (ClusterException e) {
                LOG.info("A session is left to end by itself session={} reason={}", session.id(), e.getMessage());
            }
        }
        connection.close();
        renewing.close();
        List<Runnable> closings = new ArrayList<>(List.of(sweep::close, channels::close));
        subscriptions.forEach(subscription -> closings.add(subscription::close));
        inParallel(closings, Deadline.after(Duration.ofSeconds(2), timeline.ticker()));
        connector.close();
    }

    /** A listener that does not heed its interrupt does not hold up the others. */
    private void inParallel(List<Runnable> closings, Deadline deadline) {
        List<CompletableFuture<@Nullable Void>> ended = new ArrayList<>();
        for (Runnable closing : closings) {
            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
            ended.add(end);
            timeline.start("muster-redis-close", () -> {
                try {
                    closing.run();
                } finally {
                    end.complete(null);
                }
            });
        }
        timeline.await(CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new)), deadline);
    }

    private void follow() {
        if (following.compareAndSet(false, true)) {
            sweep.start();
        }
    }

    private Subscription subscribed(String channel, RedisChannels.Receiver receiver, Subscription subscription) {
        subscriptions.add(subscription);
        channels.add(channel, receiver);
        return () -> {
            channels.remove(channel, receiver);
            subscriptions.remove(subscription);
            subscription.close();
        };
    }

    private long sweep(String pulseChannel, String pulse, Deadline deadline) {
        return requests.number(
                RedisScripts.SWEEP,
                Effect.READS,
                deadline,
                arguments(keys.revision(), RedisKeys.bytes(pulseChannel), RedisKeys.bytes(pulse)));
    }

    private RedisIndexes.Step reindex(String directory, String cursor) {
        List<?> answer = requests.list(
                RedisScripts.REINDEX,
                Effect.READS,
                Deadline.after(READ_TIMEOUT, timeline.ticker()),
                arguments(keys.directory(directory), RedisKeys.bytes(directory), RedisKeys.bytes(cursor)));
        return new RedisIndexes.Step(
                new String((byte[]) answer.get(0), StandardCharsets.US_ASCII),
                RedisIndexes.Did.of((Long) answer.get(1)));
    }

    private List<Entry> some(String directory, List<String> names, Deadline deadline) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(RedisKeys.bytes(directory));
        names.forEach(name -> arguments.add(RedisKeys.bytes(name)));
        List<?> answer = requests.list(
                RedisScripts.READ,
                Effect.READS,
                deadline,
                arguments(keys.directory(directory), arguments.toArray(byte[][]::new)));
        return entries.entries(directory, answer);
    }

    private byte[][] sessionArguments(RedisSession session) {
        return arguments(
                keys.session(session.id()),
                RedisKeys.bytes(session.id()),
                RedisTransactions.millis(session.effectiveTtl()));
    }

    /** The script's key, the two prefixes that each one takes, and its own arguments. */
    private byte[][] arguments(byte[] key, byte[]... own) {
        byte[][] all = new byte[own.length + 3][];
        all[0] = key;
        all[1] = keys.prefix();
        all[2] = keys.channelPrefix();
        System.arraycopy(own, 0, all, 3, own.length);
        return all;
    }

    private static String randomId(Timeline timeline) {
        byte[] id = new byte[ID_BYTES];
        timeline.random().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** What watches read, each request bounded by itself. */
    private final class Reader implements RedisWatch.Reader {
        @Override
        public List<Entry> all(String directory) {
            List<Entry> all = new ArrayList<>();
            ListRequest request = ListRequest.first(directory, PAGE);
            for (Listing page = list(request, soon()); ; page = list(request, soon())) {
                all.addAll(page.entries());
                if (!page.more()) {
                    return all;
                }
                request = request.after(all.get(all.size() - 1).key().name());
            }
        }

        @Override
        public List<Entry> some(String directory, List<String> names) {
            List<Entry> found = new ArrayList<>();
            for (int from = 0; from < names.size(); from += PAGE) {
                List<String> part = names.subList(from, Math.min(names.size(), from + PAGE));
                found.addAll(RedisBackend.this.some(directory, part, soon()));
            }
            return found;
        }

        private Deadline soon() {
            return Deadline.after(READ_TIMEOUT, timeline.ticker());
        }
    }
}
