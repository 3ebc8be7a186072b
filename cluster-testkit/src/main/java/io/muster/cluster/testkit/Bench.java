package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The workplace of one test: a namespace of its own, the backends opened in it, and short ways to say what tests say. All
 * that was opened is closed after the test, and the server repaired. Used by one thread.
 */
public final class Bench implements AutoCloseable {
    /** Call timeout of the clusters that are opened here. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration EXTRA = Duration.ofSeconds(5);

    private final ContractEnvironment environment;
    private final Timeline timeline = SystemTimeline.instance();
    private final String namespace = "contract-" + UUID.randomUUID();
    private final List<Runnable> members = new ArrayList<>();
    private final Deque<Runnable> atEnd = new ArrayDeque<>();
    private @Nullable Backend own;

    Bench(ContractEnvironment environment) {
        this.environment = environment;
    }

    /** A backend straight to the server; the same one each time. */
    public Backend backend() {
        Backend opened = own;
        if (opened == null) {
            opened = another();
            own = opened;
        }
        return opened;
    }

    /** A further backend, as another process would open it. */
    public Backend another() {
        return open(environment.direct(), namespace);
    }

    /** A further backend, through the network that {@link #faults()} disturbs. */
    public Backend throughProxy() {
        return open(environment.throughProxy(), namespace);
    }

    /** A backend in a namespace of its own. */
    public Backend elsewhere() {
        return open(environment.direct(), namespace + "-elsewhere");
    }

    /** Done after the test, the latest first. */
    public void atEnd(Runnable action) {
        atEnd.push(action);
    }

    /** Watches until the test ends. */
    public void watch(Backend watching, String directory, WatchListener listener) {
        atEnd(watching.watch(directory, listener)::close);
    }

    /** Subscribes until the test ends. */
    public void subscribe(Backend subscribing, String channel, ChannelListener listener) {
        atEnd(subscribing.subscribe(channel, listener)::close);
    }

    /** A process of this node id in the cluster. */
    public Cluster cluster(String nodeId) {
        return join(environment.direct(), nodeId, ttl());
    }

    /** A process of this node id whose network {@link #faults()} disturbs. */
    public Cluster clusterThroughProxy(String nodeId) {
        return join(environment.throughProxy(), nodeId, ttl());
    }

    /** As {@link #clusterThroughProxy}, with a TTL that a reconnection on a busy machine does not outlast. */
    public Cluster patientClusterThroughProxy(String nodeId) {
        return join(environment.throughProxy(), nodeId, ttl().multipliedBy(3));
    }

    public String namespace() {
        return namespace;
    }

    public Timeline timeline() {
        return timeline;
    }

    public ContractEnvironment environment() {
        return environment;
    }

    public ServerFaults faults() {
        return environment.faults();
    }

    public Duration ttl() {
        return environment.sessionTtl();
    }

    /** The deadline of a call that will succeed. */
    public Deadline soon() {
        return within(SOON);
    }

    public Deadline within(Duration timeout) {
        return Deadline.after(timeout, timeline.ticker());
    }

    /** Waits for what must happen promptly. */
    public ConditionFactory promptly() {
        return waiting(SOON);
    }

    /** Waits for what is done by the time a call returns, or a moment later. */
    public ConditionFactory atOnce() {
        return waiting(AT_ONCE);
    }

    /** Waits for what must happen once a session that is not renewed has ended. */
    public ConditionFactory untilExpiry() {
        return waiting(ttl().plus(backend().capabilities().expirySlack()).plus(EXTRA));
    }

    /** Waits for what must happen once a fault is over. */
    public ConditionFactory untilRecovery() {
        return waiting(environment.recovery());
    }

    /** The smaller count, or the larger one with {@code -Dmuster.full=true}. */
    public static int count(int reduced, int full) {
        return Boolean.getBoolean("muster.full") ? full : reduced;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    public BackendSession session() {
        return backend().openSession(ttl(), soon());
    }

    /** Commits what must not conflict. */
    @CanIgnoreReturnValue
    public Committed committed(Backend backend, Transaction transaction) {
        CommitResult result = backend.commit(transaction, soon());
        assertThat(result).isInstanceOf(Committed.class);
        return (Committed) result;
    }

    @CanIgnoreReturnValue
    public Committed write(Backend backend, Write... writes) {
        return committed(backend, new Transaction(List.of(), List.of(writes)));
    }

    @CanIgnoreReturnValue
    public Committed put(Key key, String value) {
        return write(backend(), Write.put(key, bytes(value)));
    }

    /** The entry, which must exist. */
    public Entry entry(Key key) {
        return backend().read(key, soon()).orElseThrow(() -> new AssertionError("No entry " + key));
    }

    /** All children of a directory, page by page. */
    public List<Entry> children(Backend backend, String directory) {
        List<Entry> children = new ArrayList<>();
        ListRequest page = ListRequest.first(directory, 1_000);
        while (true) {
            Listing listing = backend.list(page, soon());
            children.addAll(listing.entries());
            if (!listing.more()) {
                return children;
            }
            assertThat(listing.entries()).as("entries of a page that has more").isNotEmpty();
            page = page.after(
                    listing.entries().get(listing.entries().size() - 1).key().name());
        }
    }

    /** Runs {@code body} beside the test. */
    public <T> CompletableFuture<T> beside(Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        timeline.start("contract-beside", () -> {
            try {
                result.complete(body.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Runs what must end within {@code atMost}. */
    public void timed(Duration atMost, Runnable body) {
        long begun = timeline.ticker().nanos();
        try {
            body.run();
        } finally {
            assertThat(Duration.ofNanos(timeline.ticker().nanos() - begun)).isLessThanOrEqualTo(atMost);
        }
    }

    /** Runs what must fail within {@code atMost}, and returns how. */
    public ClusterException failureWithin(Duration atMost, Runnable body) {
        try {
            timed(atMost, body);
        } catch (ClusterException e) {
            return e;
        }
        throw new AssertionError("Nothing failed");
    }

    /** Waits until this backend answers again. */
    public void awaitAnswerOf(Backend backend) {
        untilRecovery().ignoreExceptionsInstanceOf(ClusterException.class).until(() -> {
            Key key = new Key("answers", "any");
            return backend.read(key, within(Duration.ofSeconds(2))).isEmpty();
        });
    }

    @Override
    public void close() {
        try {
            environment.faults().repair();
        } finally {
            try {
                finish();
            } finally {
                leaveTogether();
            }
        }
    }

    /** All at once, since each waits for the server. */
    private void leaveTogether() {
        List<CompletableFuture<Boolean>> leaving = members.stream()
                .map(member -> beside(() -> {
                    member.run();
                    return true;
                }))
                .toList();
        leaving.forEach(CompletableFuture::join);
    }

    private void finish() {
        Runnable action = atEnd.poll();
        if (action != null) {
            try {
                action.run();
            } finally {
                finish();
            }
        }
    }

    private Cluster join(BackendConfig config, String nodeId, Duration ttl) {
        Cluster cluster = Cluster.open(
                config,
                ClusterOptions.named(namespace)
                        .withNodeId(nodeId)
                        .withSessionTtl(ttl)
                        .withCallTimeout(CALL_TIMEOUT)
                        .withTimeline(timeline));
        members.add(cluster::close);
        return cluster;
    }

    private Backend open(BackendConfig config, String inNamespace) {
        Backend opened = config.open(inNamespace, timeline);
        members.add(opened::close);
        return opened;
    }

    /** Waits for what must happen within {@code atMost}. */
    public ConditionFactory waiting(Duration atMost) {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(atMost);
    }
}
