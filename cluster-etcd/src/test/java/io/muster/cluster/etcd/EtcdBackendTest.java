package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Listing;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only etcd can do or get wrong; what all backends promise is in the contract. */
class EtcdBackendTest {
    private static final Key KEY = new Key("jobs", "a");
    private static final Key OTHER = new Key("jobs", "b");

    private LocalServer server;
    private Backend backend;

    @BeforeEach
    void open() {
        Optional<LocalServer> found = SharedServers.get(ServerKind.ETCD);
        Assumptions.assumeTrue(found.isPresent(), "no etcd");
        server = found.get();
        backend = EtcdConfig.at(server.host() + ":" + server.port())
                .open("test-" + UUID.randomUUID(), SystemTimeline.instance());
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void aPutThatWouldOverwriteABoundEntryChangesNothingAtAll() {
        BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());
        commit(Write.bind(KEY, bytes("mine"), session));

        assertThatThrownBy(() -> commit(Write.put(OTHER, bytes("x")), Write.put(KEY, bytes("stolen"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bound");

        Entry bound = backend.read(KEY, soon()).orElseThrow();
        assertThat(bound.value()).isEqualTo(bytes("mine"));
        assertThat(bound.session()).contains(session.id());
        assertThat(backend.read(OTHER, soon())).isEmpty();
        assertThatThrownBy(() -> backend.commit(
                        Transaction.builder()
                                .require(Compare.unchanged(bound))
                                .write(Write.put(KEY, bytes("stolen")))
                                .build(),
                        soon()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void asManyUnconditionalPutsAsOperationsAreAllowedFitInOneTransaction() {
        Transaction.Builder transaction = Transaction.builder();
        int most = backend.capabilities().mostOperations();
        for (int i = 0; i < most; i++) {
            transaction.write(Write.put(new Key("jobs", "n" + i), bytes("v")));
        }

        assertThat(backend.commit(transaction.build(), soon())).isInstanceOf(CommitResult.Committed.class);
        assertThat(backend.list(ListRequest.first("jobs", 1_000), soon()).entries())
                .hasSize(most);
    }

    @Test
    void theLargestTransactionAllowedFitsIntoARequestOfEtcd() {
        int most = backend.capabilities().mostTransactionBytes();
        int value = most / 4 - 200;
        Transaction.Builder transaction = Transaction.builder();
        for (int i = 0; i < 4; i++) {
            transaction.write(Write.put(new Key("jobs", "n".repeat(100) + i), new byte[value]));
        }
        Transaction large = transaction.build();

        assertThat(large.bytes()).isBetween(most - 1_000L, (long) most);
        assertThat(backend.commit(large, soon())).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void aListLargerThanAnAnswerMayBeComesInSmallerPages() {
        byte[] large = new byte[900_000];
        for (int i = 0; i < 40; i++) {
            commit(Write.put(new Key("jobs", String.format("%02d", i)), large));
        }

        List<Entry> all = new ArrayList<>();
        ListRequest request = ListRequest.first("jobs", 1_000);
        Listing page = backend.list(request, soon());
        all.addAll(page.entries());
        while (page.more()) {
            page = backend.list(request.after(all.get(all.size() - 1).key().name()), soon());
            all.addAll(page.entries());
        }

        assertThat(all).hasSize(40).isSortedAccordingTo((a, b) -> a.key().compareTo(b.key()));
    }

    @Test
    void aWriteWithItsOwnTtlIsNotBoundAndEnds() {
        long start = System.nanoTime();
        commit(Write.put(KEY, bytes("v"), Duration.ofSeconds(1)));

        assertThat(backend.read(KEY, soon()).orElseThrow().session()).isEmpty();
        await().atMost(Duration.ofSeconds(4))
                .until(() -> backend.read(KEY, soon()).isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aWatchHealsAfterARestartOfTheServer() {
        Map<String, String> seen = new TreeMap<>();
        backend.watch("jobs", new Mirror(seen));
        commit(Write.put(KEY, bytes("1")));
        awaitSeen(seen, Map.of("a", "1"));

        server.kill();
        server.restart();
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            commit(Write.put(KEY, bytes("2")), Write.put(OTHER, bytes("2")));
            return true;
        });

        awaitSeen(seen, Map.of("a", "2", "b", "2"));
    }

    @Test
    void anUnreachableServerIsNamedAtOnce() {
        server.kill();
        long start = System.nanoTime();
        EtcdConfig config = EtcdConfig.at(server.host() + ":" + server.port()).withCredentials("user", "geheim");

        assertThatThrownBy(() -> config.open("x", SystemTimeline.instance()))
                .isInstanceOf(ClusterUnavailableException.class)
                .hasMessageContaining(server.host() + ":" + server.port())
                .hasMessageNotContaining("geheim");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    private static void awaitSeen(Map<String, String> seen, Map<String, String> expected) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            synchronized (seen) {
                assertThat(seen).isEqualTo(expected);
            }
        });
    }

    private CommitResult commit(Write... writes) {
        Transaction.Builder transaction = Transaction.builder();
        for (Write write : writes) {
            transaction.write(write);
        }
        return backend.commit(transaction.build(), soon());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(5), SystemTimeline.instance().ticker());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Mirror(Map<String, String> seen) implements WatchListener {
        @Override
        public void onSnapshot(List<Entry> children) {
            synchronized (seen) {
                seen.clear();
                children.forEach(this::put);
            }
        }

        @Override
        public void onChanges(List<Change> changes) {
            synchronized (seen) {
                for (Change change : changes) {
                    change.entry()
                            .ifPresentOrElse(
                                    this::put, () -> seen.remove(change.key().name()));
                }
            }
        }

        private void put(Entry entry) {
            seen.put(entry.key().name(), new String(entry.value(), StandardCharsets.UTF_8));
        }
    }
}
