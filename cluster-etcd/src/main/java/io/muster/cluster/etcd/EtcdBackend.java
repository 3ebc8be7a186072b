package io.muster.cluster.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.muster.cluster.ClusterException;
import io.muster.cluster.OutcomeUnknownException;
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
import io.muster.cluster.spi.RingBroadcast;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The primitives in etcd. */
final class EtcdBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdBackend.class);

    /** etcd's 1.5 MiB for a request, less what frames it. */
    private static final int MOST_TRANSACTION_BYTES = 1_048_576;

    private static final int MOST_VALUE_BYTES = 1_000_000;
    private static final int MOST_MESSAGE_BYTES = 65_536;
    private static final Duration EXPIRY_SLACK = Duration.ofSeconds(1);
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final String IDENTITY = "identity";
    private static final int IDENTITY_BYTES = 8;

    private final Timeline timeline;
    private final EtcdKeys keys;
    private final Capabilities capabilities;
    private final EtcdEndpoints endpoints;
    private final EtcdEndpoints leaseEndpoints;
    private final EtcdLeases leases;
    private final EtcdReads reads;
    private final EtcdWatches watches;
    private final RingBroadcast broadcast;
    private final Set<EtcdSession> sessions = ConcurrentHashMap.newKeySet();

    private EtcdBackend(
            Timeline timeline,
            EtcdKeys keys,
            EtcdEndpoints endpoints,
            EtcdEndpoints leaseEndpoints,
            Duration leastTtl) {
        this.timeline = timeline;
        this.keys = keys;
        this.endpoints = endpoints;
        this.leaseEndpoints = leaseEndpoints;
        this.capabilities = capabilities(leastTtl);
        this.leases = new EtcdLeases(leaseEndpoints);
        this.reads = new EtcdReads(endpoints, keys);
        this.watches = new EtcdWatches(endpoints, reads, timeline);
        endpoints.onSilence(watches::doubt);
        leaseEndpoints.onSilence(watches::doubt);
        this.broadcast = new RingBroadcast(this, timeline);
    }

    static EtcdBackend open(EtcdConfig config, String namespace, Timeline timeline) {
        Deadline deadline = Deadline.after(config.connectTimeout(), timeline.ticker());
        EtcdKeys keys = new EtcdKeys(namespace);
        EtcdEndpoints endpoints = new EtcdEndpoints(config, timeline);
        EtcdEndpoints leaseEndpoints = new EtcdEndpoints(config, timeline);
        try {
            checkRights(endpoints, keys, deadline);
            EtcdLeases leases = new EtcdLeases(leaseEndpoints);
            EtcdLeases.Granted shortest = leases.grant(Duration.ofSeconds(1), deadline);
            leases.revokeSoon(shortest.id());
            return new EtcdBackend(timeline, keys, endpoints, leaseEndpoints, shortest.ttl());
        } catch (ClusterException e) {
            endpoints.close();
            leaseEndpoints.close();
            throw e;
        }
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    /** etcd's cluster id comes back after a wipe with the same settings, so a random number stands beside it. */
    @Override
    public String identity(Deadline deadline) {
        byte[] random = new byte[IDENTITY_BYTES];
        timeline.random().nextBytes(random);
        String fresh = HexFormat.of().formatHex(random);
        ByteSequence key = keys.own(IDENTITY);
        TxnResponse answer = endpoints.repeatable("reading the identity", deadline, client -> client.getKVClient()
                .txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(key, ByteSequence.from(fresh, StandardCharsets.US_ASCII), PutOption.DEFAULT))
                .Else(Op.get(key, GetOption.DEFAULT))
                .commit());
        String kept = answer.isSucceeded()
                ? fresh
                : answer.getGetResponses().get(0).getKvs().get(0).getValue().toString(StandardCharsets.US_ASCII);
        return Long.toHexString(answer.getHeader().getClusterId()) + "-" + kept;
    }

    @Override
    public BackendSession openSession(Duration ttl, Deadline deadline) {
        EtcdSession session = new EtcdSession(leases, leases.grant(ttl, deadline), sessions::remove);
        sessions.add(session);
        return session;
    }

    @Override
    public CommitResult commit(Transaction transaction, Deadline deadline) {
        capabilities.check(transaction);
        EtcdTransactions request = new EtcdTransactions(keys, transaction);
        if (request.ttls().isEmpty()) {
            return commit(request, Map.of(), deadline);
        }
        return commitWithTtl(request, deadline);
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
        return watches.open(directory, listener);
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
        broadcast.close();
        watches.close();
        Deadline farewell = Deadline.after(FAREWELL, timeline.ticker());
        for (EtcdSession session : sessions) {
            try {
                session.end(farewell);
            } catch (ClusterException e) {
                LOG.debug("A session is left to end by itself id={}", session.id(), e);
            }
        }
        sessions.clear();
        endpoints.close();
        leaseEndpoints.close();
    }

    private CommitResult commit(EtcdTransactions request, Map<Duration, Long> ttlLeases, Deadline deadline) {
        TxnResponse answer = endpoints.write("committing", deadline, client -> request.fill(
                        client.getKVClient().txn(), ttlLeases)
                .commit());
        return request.result(answer);
    }

    /** A lease begins to run down when it is granted, the entry's TTL only when it is written: so it is renewed after. */
    private CommitResult commitWithTtl(EtcdTransactions request, Deadline deadline) {
        Map<Duration, Long> ttlLeases = new HashMap<>();
        boolean attached = true;
        try {
            for (Duration ttl : request.ttls()) {
                ttlLeases.put(ttl, leases.grant(ttl, deadline).id());
            }
            CommitResult result = commit(request, ttlLeases, deadline);
            attached = result instanceof CommitResult.Committed;
            if (attached) {
                renewWritten(ttlLeases, deadline);
            }
            return result;
        } catch (ClusterException e) {
            attached = e instanceof OutcomeUnknownException;
            throw e;
        } finally {
            if (!attached) {
                ttlLeases.values().forEach(lease -> leases.revokeSoon(lease));
            }
        }
    }

    private void renewWritten(Map<Duration, Long> ttlLeases, Deadline deadline) {
        try {
            ttlLeases.values().forEach(lease -> leases.renew(lease, deadline));
        } catch (ClusterException e) {
            throw new OutcomeUnknownException("Written, but it may end up to a call's length before its TTL", e);
        }
    }

    /** Asks for everything that will be needed and changes nothing: the condition never holds. */
    private static void checkRights(EtcdEndpoints endpoints, EtcdKeys keys, Deadline deadline) {
        ByteSequence key = keys.own(IDENTITY);
        GetOption all = GetOption.builder().isPrefix(true).withCountOnly(true).build();
        endpoints.repeatable("connecting", deadline, client -> client.getKVClient()
                .txn()
                .If(new Cmp(key, Cmp.Op.LESS, CmpTarget.createRevision(0)))
                .Then(Op.put(key, ByteSequence.EMPTY, PutOption.DEFAULT))
                .Else(Op.get(keys.namespace(), all))
                .commit());
    }

    /** The least TTL depends on the server's election timeout: 2 s at its default. */
    private static Capabilities capabilities(Duration leastTtl) {
        return new Capabilities(
                "etcd",
                leastTtl,
                EXPIRY_SLACK,
                true,
                Capabilities.FenceStrength.STRICT,
                true,
                true,
                EtcdTransactions.MOST_OPERATIONS,
                MOST_TRANSACTION_BYTES,
                MOST_VALUE_BYTES,
                MOST_MESSAGE_BYTES);
    }
}
