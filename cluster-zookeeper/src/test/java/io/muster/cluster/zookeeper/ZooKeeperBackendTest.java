package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.CommitResult.Conflict;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Version;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Timeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular to ZooKeeper, against a real server. What all backends promise is in the contract. */
class ZooKeeperBackendTest {
    private static final Timeline TIMELINE = SystemTimeline.instance();
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final LocalServer server = SharedServers.get(ServerKind.ZOOKEEPER).orElseThrow();
    private final String namespace = "test-" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Backend backend = open(config());

    @BeforeEach
    void isZooKeeper() {
        assertThat(backend.capabilities().backend()).isEqualTo("zookeeper");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
    }

    @Test
    void versionsDoNotRepeatWhenAKeyIsRecreated() {
        Key key = new Key("records", "reused");
        Version first = committed(Write.put(key, bytes("a"))).version(key);
        committed(Write.delete(key));
        Version second = committed(Write.put(key, bytes("b"))).version(key);

        assertThat(second).isNotEqualTo(first);
        assertThat(commit(Compare.unchanged(key, first), Write.put(key, bytes("c"))))
                .isInstanceOf(Conflict.class);
        assertThat(commit(Compare.unchanged(key, second), Write.put(key, bytes("d"))))
                .isInstanceOf(Committed.class);
        assertThat(read(key).map(ZooKeeperBackendTest::text)).contains("d");
    }

    /** The first backend remembers its own write and would not look again; the data version is zero both times. */
    @Test
    void aKeyRecreatedByAnotherIsNotTakenForTheOldOne() {
        Key key = new Key("records", "recreated");
        Version own = committed(Write.put(key, bytes("own"))).version(key);
        Backend other = open(config());
        other.commit(Transaction.builder().write(Write.delete(key)).build(), soon());
        other.commit(
                Transaction.builder().write(Write.put(key, bytes("foreign"))).build(), soon());

        assertThat(commit(Compare.unchanged(key, own), Write.put(key, bytes("late"))))
                .isEqualTo(new Conflict(Set.of(key)));
        assertThat(read(key).map(ZooKeeperBackendTest::text)).contains("foreign");
    }

    /** With data versions alone, a version that was used up would come back after a deletion. */
    @Test
    void noVersionOfAReusableKeyIsUsedUpTwice() {
        Key key = new Key("records", "contended");
        Set<Version> usedUp = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Backend own = open(config());
            int seed = i;
            workers.add(CompletableFuture.supplyAsync(
                    () -> useUp(own, key, usedUp, new Random(seed)), ZooKeeperBackendTest::onItsOwnThread));
        }

        int successes = workers.stream().mapToInt(CompletableFuture::join).sum();

        assertThat(usedUp).hasSize(successes);
        assertThat(successes).isPositive();
    }

    /** Not in the common pool, which has a single thread on two cores. */
    private static void onItsOwnThread(Runnable task) {
        Thread thread = new Thread(task, "own");
        thread.setDaemon(true);
        thread.start();
    }

    /** How often the key was found in a state and that very state replaced or deleted. */
    private int useUp(Backend own, Key key, Set<Version> usedUp, Random random) {
        int successes = 0;
        for (int i = 0; i < 150; i++) {
            Optional<Entry> found = own.read(key, soon());
            Compare compare = found.map(Compare::unchanged).orElseGet(() -> Compare.absent(key));
            boolean delete = found.isPresent() && random.nextBoolean();
            Write write = delete ? Write.delete(key) : Write.put(key, bytes("" + i));
            Transaction transaction =
                    Transaction.builder().require(compare).write(write).build();
            boolean done = own.commit(transaction, soon()) instanceof Committed;
            if (done && found.isPresent()) {
                successes++;
                usedUp.add(found.get().version());
            }
        }
        return successes;
    }

    @Test
    void aTransactionIsAllOrNothing() {
        Key one = new Key("records", "one");
        Key two = new Key("records", "two");
        committed(Write.put(one, bytes("1")));

        CommitResult result = backend.commit(
                Transaction.builder()
                        .require(Compare.absent(two))
                        .require(Compare.absent(one))
                        .write(Write.put(two, bytes("2")))
                        .build(),
                soon());

        assertThat(result).isEqualTo(new Conflict(Set.of(one)));
        assertThat(read(two)).isEmpty();
    }

    @Test
    void theRevisionIsTheCreationOfWhatWasCreatedAndGrows() {
        Key one = new Key("records", "one");
        Committed first = committed(Write.put(one, bytes("1")));
        Committed second = committed(Write.put(one, bytes("2")));

        Entry entry = read(one).orElseThrow();
        assertThat(entry.created()).isEqualTo(first.revision());
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(entry.version()).isEqualTo(second.version(one));
    }

    @Test
    void deletingAnAbsentKeyHasNoEffect() {
        Key key = new Key("records", "never");

        committed(Write.delete(key));

        assertThat(read(key)).isEmpty();
        assertThat(list("records", 10).entries()).isEmpty();
    }

    @Test
    void comparesOfSeveralKindsHoldTogether() {
        Key present = new Key("records", "present");
        Key absent = new Key("records", "absent");
        Version version = committed(Write.put(present, bytes("1"))).version(present);

        CommitResult result = backend.commit(
                Transaction.builder()
                        .require(Compare.present(present))
                        .require(Compare.unchanged(present, version))
                        .require(Compare.absent(absent))
                        .write(Write.delete(present))
                        .build(),
                soon());

        assertThat(result).isInstanceOf(Committed.class);
        assertThat(list("records", 10).entries()).isEmpty();
    }

    @Test
    void boundEntriesEndWithTheirSession() {
        BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
        Key bound = new Key("members", "node");
        Key beside = new Key("members", "beside");
        Transaction transaction = Transaction.builder()
                .write(Write.bind(bound, bytes("1"), session))
                .write(Write.put(beside, bytes("2")))
                .build();
        assertThat(backend.commit(transaction, soon())).isInstanceOf(Committed.class);
        assertThat(read(bound).flatMap(Entry::session)).contains(session.id());
        session.renew(soon());

        session.end(soon());

        assertThat(read(bound)).isEmpty();
        assertThat(read(beside)).isPresent();
        assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
        assertThatThrownBy(() -> backend.commit(transaction, soon())).isInstanceOf(SessionLostException.class);
        session.end(soon());
    }

    @Test
    void aDirectoryBeyondOneMegabyteOfNamesIsListedInPages() {
        int count = 5_000;
        String padding = "x".repeat(230);
        for (int from = 0; from < count; from += 500) {
            Transaction.Builder batch = Transaction.builder();
            for (int i = from; i < from + 500; i++) {
                batch.write(Write.put(Key.once("many", padding + String.format("%05d", i)), bytes("" + i)));
            }
            backend.commit(batch.build(), soon());
        }

        List<String> names = new ArrayList<>();
        Listing page = list("many", 2_000);
        page.entries().forEach(entry -> names.add(entry.key().name()));
        while (page.more()) {
            page = backend.list(
                    ListRequest.first("many", 2_000)
                            .after(names.get(names.size() - 1))
                            .namesOnly(),
                    soon());
            page.entries().forEach(entry -> names.add(entry.key().name()));
        }

        assertThat(names).hasSize(count).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aTransactionAtTheLimitPassesAndOneBeyondIsRefusedWithoutHarm() {
        BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
        int most = backend.capabilities().mostOperations();
        Transaction.Builder full = Transaction.builder();
        int value = backend.capabilities().mostTransactionBytes() / most - 64 - 30;
        for (int i = 0; i < most; i++) {
            full.write(Write.put(new Key("full", "key-" + i), new byte[value]));
        }
        assertThat(backend.commit(full.build(), soon())).isInstanceOf(Committed.class);

        byte[] large = new byte[backend.capabilities().mostValueBytes() + 1];
        assertThatThrownBy(() -> backend.commit(
                        Transaction.builder()
                                .write(Write.bind(new Key("full", "bound"), large, session))
                                .build(),
                        soon()))
                .isInstanceOf(IllegalArgumentException.class);
        session.renew(soon());
    }

    @Test
    void aWatchFollowsTheDirectory() {
        Map<String, String> seen = new ConcurrentSkipListMap<>();
        committed(Write.put(new Key("watched", "before"), bytes("0")));
        Subscription watch = backend.watch("watched", mirror(seen));
        toClose.add(watch);
        await().until(() -> seen.containsKey("before"));
        BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
        committed(Write.bind(new Key("watched", "bound"), bytes("b"), session));
        for (int i = 0; i < 100; i++) {
            committed(Write.put(new Key("watched", "k" + i % 10), bytes("" + i)));
        }
        await().untilAsserted(
                        () -> assertThat(seen).isEqualTo(present("watched")).containsKey("bound"));

        session.end(soon());
        committed(Write.delete(new Key("watched", "k3")));

        await().untilAsserted(
                        () -> assertThat(seen).isEqualTo(present("watched")).hasSize(10));
    }

    @Test
    void aWatchGoesOnAfterItsSessionEnded() {
        Map<String, String> seen = new ConcurrentSkipListMap<>();
        try (TcpProxy proxy = TcpProxy.to(server)) {
            Backend behindProxy = open(ZooKeeperConfig.of(proxy.host() + ":" + proxy.port()));
            Subscription watch = behindProxy.watch("watched", mirror(seen));
            toClose.add(0, watch);
            committed(Write.put(new Key("watched", "a"), bytes("1")));
            await().until(() -> seen.containsKey("a"));
            proxy.cut();
            committed(Write.put(new Key("watched", "b"), bytes("2")));
            committed(Write.delete(new Key("watched", "a")));
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            assertThat(seen).containsKey("a");

            proxy.heal();

            await().untilAsserted(() -> assertThat(seen).isEqualTo(Map.of("b", "2")));
            committed(Write.put(new Key("watched", "c"), bytes("3")));
            await().untilAsserted(() -> assertThat(seen).isEqualTo(Map.of("b", "2", "c", "3")));
        }
    }

    @Test
    void aWriteWhoseReplyIsLostIsUnknownAndNotRepeated() {
        Key key = new Key("records", "unknown");
        committed(Write.put(new Key("records", "before"), bytes("0")));
        try (TcpProxy proxy = TcpProxy.to(server)) {
            Backend behindProxy = open(ZooKeeperConfig.of(proxy.host() + ":" + proxy.port()));
            proxy.swallowReplies();

            assertThatThrownBy(() -> behindProxy.commit(
                            Transaction.builder()
                                    .require(Compare.absent(key))
                                    .write(Write.put(key, bytes("1")))
                                    .build(),
                            Deadline.after(Duration.ofMillis(500), TIMELINE.ticker())))
                    .isInstanceOf(OutcomeUnknownException.class);

            proxy.heal();
            Entry entry = read(key).orElseThrow();
            assertThat(entry.version().minor()).isZero();
        }
    }

    @Test
    void aSessionCutOffBeyondItsTtlIsLostAndItsWritesAreRefused() {
        Key key = new Key("members", "cut");
        try (TcpProxy proxy = TcpProxy.to(server)) {
            Backend behindProxy = open(ZooKeeperConfig.of(proxy.host() + ":" + proxy.port()));
            BackendSession session = behindProxy.openSession(Duration.ofSeconds(1), soon());
            Transaction bind = Transaction.builder()
                    .write(Write.bind(key, bytes("1"), session))
                    .build();
            behindProxy.commit(bind, soon());
            proxy.cut();
            assertThatThrownBy(() -> session.renew(Deadline.after(Duration.ofMillis(200), TIMELINE.ticker())))
                    .isInstanceOf(ClusterUnavailableException.class);
            await().atMost(Duration.ofSeconds(4)).until(() -> read(key).isEmpty());

            proxy.heal();

            assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
            assertThatThrownBy(() -> behindProxy.commit(bind, soon())).isInstanceOf(SessionLostException.class);
            assertThat(read(key)).isEmpty();
        }
    }

    @Test
    void anUnreachableServerIsReportedInTime() {
        ZooKeeperConfig nobody = ZooKeeperConfig.of("127.0.0.1:1").withConnectTimeout(Duration.ofMillis(700));

        assertThatThrownBy(() -> nobody.open(namespace, TIMELINE))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageMatching(".*within [67]\\d\\d ms.*");
    }

    @Test
    void aWrongPasswordIsRefusedWithARemedy() {
        ZooKeeperConfig right = config().withChroot("/owned-" + namespace).withDigest("muster", "right");
        open(right);

        assertThatThrownBy(() -> right.withDigest("muster", "wrong").open(namespace, TIMELINE))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining("password")
                .hasMessageNotContaining("wrong:");
        assertThatThrownBy(() -> config().withChroot("/owned-" + namespace).open(namespace, TIMELINE))
                .isInstanceOf(ClusterConfigurationException.class);
    }

    @Test
    void theIdentityIsOnePerNamespace() {
        String identity = backend.identity(soon());

        assertThat(open(config()).identity(soon())).isEqualTo(identity);
        assertThat(config().open(namespace + "-other", TIMELINE)).satisfies(other -> {
            assertThat(other.identity(soon())).isNotEqualTo(identity);
            other.close();
        });
    }

    private ZooKeeperConfig config() {
        return ZooKeeperConfig.of(server.host() + ":" + server.port());
    }

    private Backend open(ZooKeeperConfig config) {
        Backend opened = config.open(namespace, TIMELINE);
        toClose.add(opened);
        return opened;
    }

    private Committed committed(Write write) {
        return (Committed) backend.commit(Transaction.builder().write(write).build(), soon());
    }

    private CommitResult commit(Compare compare, Write write) {
        return backend.commit(
                Transaction.builder().require(compare).write(write).build(), soon());
    }

    private Optional<Entry> read(Key key) {
        return backend.read(key, soon());
    }

    private Listing list(String directory, int limit) {
        return backend.list(ListRequest.first(directory, limit), soon());
    }

    private Map<String, String> present(String directory) {
        Map<String, String> present = new TreeMap<>();
        list(directory, 100).entries().forEach(entry -> present.put(entry.key().name(), text(entry)));
        return present;
    }

    private static WatchListener mirror(Map<String, String> seen) {
        return new WatchListener() {
            @Override
            public void onSnapshot(List<Entry> children) {
                seen.clear();
                children.forEach(entry -> seen.put(entry.key().name(), text(entry)));
            }

            @Override
            public void onChanges(List<Change> changes) {
                for (Change change : changes) {
                    change.entry()
                            .ifPresentOrElse(
                                    entry -> seen.put(change.key().name(), text(entry)),
                                    () -> seen.remove(change.key().name()));
                }
            }
        };
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), TIMELINE.ticker());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }
}
