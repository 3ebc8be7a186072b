package io.muster.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.muster.cluster.spi.ConnectionUri.Host;
import io.muster.redis.RedisAddress.Secret;
import io.muster.redis.RedisAddress.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes connections to the master that holds a key, wherever it is now. Each attempt asks Sentinel or the Cluster
 * anew and checks the role: Lettuce's own reconnecting is off, since it would stay with a frozen or replaced master and
 * repeat requests. Callbacks run on Lettuce's threads and never block. Thread-safe.
 */
public final class RedisConnector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnector.class);
    private static final int THREADS = 2;
    private static final int MOST_QUEUED = 16_384;
    private static final int SENTINEL_PORT = 26_379;
    private static final long CLOSE_SECONDS = 2;
    /** A frozen server is left for the next one after this. The first attempt may also have to load classes. */
    private static final Duration RECONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final RedisAddress address;
    private final String slotKey;
    private final RedisErrors errors;
    private final Check check;
    private final ClientResources resources;
    private final RedisClient client;
    private final AtomicInteger nextHost = new AtomicInteger();
    private volatile Optional<RedisServer> server = Optional.empty();
    private volatile boolean connectedBefore;

    /** What else is asked of a server before a connection for requests is used; ends exceptionally if it must not be. */
    @FunctionalInterface
    public interface Check extends Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<?>> {
        /** Nothing. */
        Check NONE = redis -> CompletableFuture.completedFuture(redis);
    }

    /** @param slotKey any key of those that are asked for: all lie in one slot of a Cluster */
    public RedisConnector(RedisAddress address, String slotKey, RedisErrors errors, Check check) {
        this.address = address;
        this.slotKey = slotKey;
        this.errors = errors;
        this.check = check;
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .build();
        this.client = RedisClient.create(resources);
        client.setOptions(options(address));
    }

    /** Connects for requests. */
    CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect() {
        return locate().thenCompose(uri -> client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .toCompletableFuture()
                .thenCompose(this::checked)
                .thenCompose(this::asked));
    }

    /** Connects for subscriptions. */
    CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub() {
        return locate().thenCompose(uri ->
                client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture());
    }

    /** What the server said of itself at the last connect; empty if it may not be asked. */
    public Optional<RedisServer> server() {
        return server;
    }

    @Override
    public void close() {
        client.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (!resources
                .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("Threads of the Redis client still end address={}", address.hostsText());
        }
    }

    /** Closes without waiting: nobody is left to whom it would matter how that ends. */
    static void giveUp(StatefulConnection<?, ?> connection) {
        CompletableFuture<Void> unused = connection.closeAsync();
    }

    private CompletableFuture<RedisURI> locate() {
        return switch (address.topology()) {
            case SERVER -> CompletableFuture.completedFuture(uri(address.hosts().get(0)));
            case SENTINEL -> CompletableFuture.completedFuture(sentinels());
            case CLUSTER -> slotOwner(address.hosts().size());
        };
    }

    /** Asks one node of the Cluster after the other, each attempt beginning with another one. */
    private CompletableFuture<RedisURI> slotOwner(int hostsLeft) {
        List<Host> hosts = address.hosts();
        RedisURI node = uri(hosts.get(Math.floorMod(nextHost.getAndIncrement(), hosts.size())));
        return slotOwner(node)
                .exceptionallyCompose(
                        failure -> hostsLeft > 1 ? slotOwner(hostsLeft - 1) : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<RedisURI> slotOwner(RedisURI node) {
        return client.connectAsync(StringCodec.UTF8, node).toCompletableFuture().thenCompose(connection -> connection
                .async()
                .clusterKeyslot(slotKey)
                .thenCombine(connection.async().clusterSlots(), (slot, slots) -> RedisServer.slotOwner(slots, slot)
                        .map(owner ->
                                uri(new Host(owner.name().isEmpty() ? node.getHost() : owner.name(), owner.port())))
                        .orElseThrow(() -> errors.unserved(slot)))
                .toCompletableFuture()
                .orTimeout(timeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((owner, failure) -> giveUp(connection)));
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> checked(
            StatefulRedisConnection<byte[], byte[]> connection) {
        return connection
                .async()
                .info()
                .toCompletableFuture()
                .orTimeout(timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((info, failure) -> {
                    if (failure == null) {
                        RedisServer found = RedisServer.parse(info);
                        if (!found.isMaster()) {
                            throw errors.replica();
                        }
                        server = Optional.of(found);
                    } else if (failure instanceof RedisCommandExecutionException
                            && failure.getMessage() != null
                            && failure.getMessage().startsWith("NOPERM")) {
                        LOG.warn(
                                "Redis does not let this user run INFO: its role and whether it evicts keys are not checked"
                                        + " address={}",
                                address.hostsText());
                    } else {
                        throw new CompletionException(failure);
                    }
                    return connection;
                })
                .whenComplete((checked, failure) -> {
                    if (failure == null) {
                        connectedBefore = true;
                    } else {
                        giveUp(connection);
                    }
                });
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> asked(
            StatefulRedisConnection<byte[], byte[]> connection) {
        return check.apply(connection.async())
                .toCompletableFuture()
                .orTimeout(timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        giveUp(connection);
                        throw new CompletionException(failure);
                    }
                    return connection;
                });
    }

    private RedisURI uri(Host host) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(unbracketed(host.name()))
                .withPort(host.port().orElse(RedisURI.DEFAULT_REDIS_PORT));
        return completed(uri);
    }

    private RedisURI sentinels() {
        RedisURI.Builder uri =
                RedisURI.builder().withSentinelMasterId(address.master().orElseThrow());
        for (Host host : address.hosts()) {
            RedisURI.Builder builder = RedisURI.Builder.redis(
                            unbracketed(host.name()), host.port().orElse(SENTINEL_PORT))
                    .withTimeout(timeout());
            address.sentinelPassword()
                    .ifPresent(password -> builder.withPassword(password.text().toCharArray()));
            RedisURI sentinel = builder.build();
            address.tls().ifPresent(tls -> encrypt(sentinel, tls));
            uri.withSentinel(sentinel);
        }
        return completed(uri);
    }

    private RedisURI completed(RedisURI.Builder builder) {
        builder.withTimeout(timeout()).withDatabase(address.database());
        Optional<char[]> password =
                address.credentials().password().map(Secret::text).map(String::toCharArray);
        if (password.isPresent()) {
            address.credentials()
                    .username()
                    .ifPresentOrElse(
                            name -> builder.withAuthentication(name, password.get()),
                            () -> builder.withPassword(password.get()));
        }
        RedisURI uri = builder.build();
        address.tls().ifPresent(tls -> encrypt(uri, tls));
        return uri;
    }

    private static void encrypt(RedisURI uri, Tls tls) {
        uri.setSsl(true);
        uri.setVerifyPeer(
                switch (tls.verification()) {
                    case FULL -> SslVerifyMode.FULL;
                    case AUTHORITY -> SslVerifyMode.CA;
                    case NONE -> SslVerifyMode.NONE;
                });
    }

    private Duration timeout() {
        return connectedBefore && address.connectTimeout().compareTo(RECONNECT_TIMEOUT) > 0
                ? RECONNECT_TIMEOUT
                : address.connectTimeout();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static ClientOptions options(RedisAddress address) {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(MOST_QUEUED)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(address.connectTimeout())
                        .tcpNoDelay(true)
                        .build());
        address.tls().ifPresent(tls -> {
            SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
            tls.authority().ifPresent(file -> ssl.trustManager(file.toFile()));
            tls.certificate()
                    .ifPresent(file -> ssl.keyManager(
                            file.toFile(), tls.key().orElseThrow().toFile(), new char[0]));
            options.sslOptions(ssl.build());
        });
        return options.build();
    }
}
