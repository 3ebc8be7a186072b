package io.muster.servers;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to start a server.
 *
 * @param tick the server's own unit of time, at least 100 ms. {@link #PRODUCTION_TICK} gives what each server does by
 *     default; smaller values scale it. The least session time is two ticks on ZooKeeper, one second on etcd at 400 ms
 *     (two at the default), and five ticks, at least one second, on Consul. The others have no such limit and ignore it.
 * @param durability what is kept when the server stops or is killed
 * @param secret password of the default user of Redis and Valkey, of the superuser of PostgreSQL,
 * MariaDB and MySQL, or management token of Consul, which
 *     then denies everything to others; empty: open to everyone. etcd and ZooKeeper must be secured through their clients.
 * @param extraArguments appended to the command line; for ZooKeeper, lines of its configuration file; for etcd, {@code {port}} in
 *     them is replaced by the port for clients
 * @param parent where the scratch directory of the server is made; empty: where this system keeps temporary files
 */
public record ServerOptions(
        Duration tick, Durability durability, String secret, List<String> extraArguments, Optional<Path> parent) {

    public static final Duration PRODUCTION_TICK = Duration.ofSeconds(2);

    private static final Duration TEST_TICK = Duration.ofMillis(400);
    private static final Duration LEAST_TICK = Duration.ofMillis(100);

    public ServerOptions {
        requireNonNull(durability, "durability");
        requireNonNull(secret, "secret");
        extraArguments = List.copyOf(extraArguments);
        if (tick.compareTo(LEAST_TICK) < 0) {
            throw new IllegalArgumentException("tick must be at least " + LEAST_TICK + ", not " + tick);
        }
    }

    /** Short times, so that sessions of a second are possible; everything kept, open to everyone. */
    public static ServerOptions forTests() {
        return new ServerOptions(TEST_TICK, Durability.FSYNC, "", List.of(), Optional.empty());
    }

    /** The servers' own times; everything kept, open to everyone. */
    public static ServerOptions likeProduction() {
        return forTests().withTick(PRODUCTION_TICK);
    }

    public ServerOptions withTick(Duration newTick) {
        return new ServerOptions(newTick, durability, secret, extraArguments, parent);
    }

    public ServerOptions withDurability(Durability newDurability) {
        return new ServerOptions(tick, newDurability, secret, extraArguments, parent);
    }

    public ServerOptions withSecret(String newSecret) {
        return new ServerOptions(tick, durability, newSecret, extraArguments, parent);
    }

    public ServerOptions withExtraArguments(String... newExtraArguments) {
        return new ServerOptions(tick, durability, secret, List.of(newExtraArguments), parent);
    }

    public ServerOptions withParent(Path newParent) {
        return new ServerOptions(tick, durability, secret, extraArguments, Optional.of(newParent));
    }

    boolean isOpen() {
        return secret.isEmpty();
    }

    /** Does not show the secret. */
    @Override
    public String toString() {
        return "ServerOptions[tick=%s, durability=%s, secret=%s, extraArguments=%s, parent=%s]"
                .formatted(tick, durability, isOpen() ? "none" : "***", extraArguments, parent);
    }
}
