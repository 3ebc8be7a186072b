package io.muster.queue.redis;

import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Loop;
import io.muster.cluster.time.Timeline;
import io.muster.queue.store.BatchDesk;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.ScheduleDesk;
import io.muster.queue.store.StoreCapabilities;
import io.muster.redis.RedisChannels;
import io.muster.redis.RedisConnection;
import io.muster.redis.RedisConnector;
import io.muster.redis.RedisErrors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Keeps jobs in Redis: each operation is one script per batch, see {@code StoreScripts}. What survives a crash is what Redis'
 * own persistence and replication keep; a loss that can be seen is logged as an error when the server is connected to again.
 * Due moments are judged by the server's clock. Thread-safe; no call outlasts {@link RedisStoreConfig#callTimeout}.
 *
 * <p>Ids of completed and discarded jobs are remembered as the leader's retention says, but not more than {@link RedisStoreConfig#remembered}.
 * Listings are in the order of becoming ready (ready, assigned, running, failed jobs), of due moments (delayed) or of ends (completed, discarded):
 * that of the pushes unless jobs were delayed or released.
 */
public final class RedisStore implements JobStore {
    private static final int MOST_PAYLOAD_BYTES = 1 << 20;
    private static final int MOST_PUSH_BATCH = 200;
    /** Of one script, which holds up all others. */
    private static final int MOST_PUSH_BYTES = 4 << 20;

    private static final Duration REMEMBERS_IDS_FOR = Duration.ofMinutes(10);
    private static final StoreCapabilities CAPABILITIES = new StoreCapabilities(
            "redis",
            MOST_PAYLOAD_BYTES,
            MOST_PUSH_BATCH,
            MOST_PUSH_BYTES,
            REMEMBERS_IDS_FOR,
            true,
            "What Redis keeps: with appendfsync always all, with everysec a crash of Redis or of its machine loses up"
                    + " to about two seconds, without an append-only file up to all since the last snapshot; a failover"
                    + " loses what the promoted replica had not received.");

    private final RedisConnector connector;
    private final RedisConnection requests;
    private final RedisChannels channels;
    private final WriteCount writes;
    private final Loop loop;
    private final Intake intake;
    private final LeaderDesk leader;
    private final NodeDesk nodes;
    private final ScheduleDesk schedules;
    private final BatchDesk batches;
    private final LimitDesk limits;

    private RedisStore(RedisStoreConfig config, String namespace, Timeline timeline) {
        StoreKeys keys = new StoreKeys(namespace, config.server().database());
        RedisErrors errors = new RedisErrors(config.server(), keys.accessRules(), StoreFailures.INSTANCE);
        this.writes = new WriteCount(keys.writes());
        this.connector = new RedisConnector(
                config.server(), new String(keys.writes(), StandardCharsets.UTF_8), errors, redis -> redis.get(
                                writes.key())
                        .thenAccept(
                                count -> writes.compare(count, config.server().hostsText())));
        this.channels = new RedisChannels(connector, errors, timeline, "redis-store-channels");
        this.requests = new RedisConnection(connector, errors, timeline, channels::reconnect);
        this.loop = timeline.loop("redis-store-hints");
        Server server = new Server(requests, keys, writes, timeline, config.callTimeout());
        Hints hints = new Hints(channels, keys, loop);
        RedisIntake pushing = new RedisIntake(server, timeline, CAPABILITIES);
        this.intake = pushing;
        this.batches = new RedisBatchDesk(server, pushing, timeline);
        this.schedules = new RedisScheduleDesk(server, pushing, timeline, CAPABILITIES);
        this.leader = new RedisLeaderDesk(server, hints);
        this.nodes = new RedisNodeDesk(server, hints, timeline, config.remembered());
        this.limits = new RedisLimitDesk(server);
    }

    static RedisStore open(RedisStoreConfig config, String namespace, Timeline timeline) {
        RedisStore store = new RedisStore(config, namespace, timeline);
        try {
            store.requests.open(Deadline.after(config.server().connectTimeout(), timeline.ticker()));
            store.connector.server().ifPresent(server -> {
                server.requireVersion(config.server().hostsText());
                server.requireKeepsKeys(config.server().hostsText());
            });
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Intake intake() {
        return intake;
    }

    @Override
    public LeaderDesk leader() {
        return leader;
    }

    @Override
    public NodeDesk nodes() {
        return nodes;
    }

    @Override
    public LimitDesk limits() {
        return limits;
    }

    @Override
    public ScheduleDesk schedules() {
        return schedules;
    }

    @Override
    public BatchDesk batches() {
        return batches;
    }

    /** Writing calls that were answered and that a server connected to later did not have; see the log. */
    public long lostWrites() {
        return writes.lost();
    }

    @Override
    public void close() {
        requests.close();
        channels.close();
        loop.close();
        connector.close();
    }
}
