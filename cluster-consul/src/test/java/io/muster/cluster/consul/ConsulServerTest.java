package io.muster.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.Subscription;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only Consul can get wrong; what all backends promise stands in the contract. */
class ConsulServerTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final String namespace = "t-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private LocalServer server;
    private Backend backend;

    @BeforeEach
    void open() {
        Optional<LocalServer> shared = SharedServers.get(ServerKind.CONSUL);
        assumeTrue(shared.isPresent(), "no Consul on this machine");
        server = shared.get();
        backend = open(ConsulConfig.at(server.host(), server.port()));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void namesWithPercentSignsSurvive() {
        Key key = new Key("a/b", Key.segment("50 % / ? # + € .."));

        put(key, "x");

        assertThat(backend.read(key, soon()))
                .hasValueSatisfying(entry -> assertThat(text(entry)).isEqualTo("x"));
        assertThat(backend.list(ListRequest.first("a/b", 10), soon()).entries())
                .extracting(Entry::key)
                .containsExactly(key);
        assertThat(backend.list(ListRequest.first("a/b", 10).namesOnly(), soon())
                        .entries())
                .extracting(Entry::key)
                .containsExactly(key);
        assertThat(backend.list(ListRequest.first("a", 10), soon()).entries()).isEmpty();
    }

    @Test
    void writingTheSameValueAgainIsAWrite() {
        Key key = new Key("d", "k");
        CommitResult.Committed first = put(key, "same");

        CommitResult.Committed second = put(key, "same");

        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(commit(Transaction.builder().require(Compare.unchanged(key, first.version(key)))))
                .isEqualTo(new CommitResult.Conflict(Set.of(key)));
    }

    @Test
    void aTransactionThatOnlyDeletesHasARevisionToo() {
        Key key = new Key("d", "k");
        CommitResult.Committed put = put(key, "x");

        CommitResult deleted = commit(Transaction.builder().write(Write.delete(key)));
        CommitResult again = commit(Transaction.builder().write(Write.delete(key)));

        assertThat(revision(deleted)).isGreaterThan(put.revision());
        assertThat(revision(again)).isGreaterThan(revision(deleted));
    }

    @Test
    void deletingWhatMustBeUnchangedConflictsIfItIsGone() {
        Key key = new Key("d", "k");
        CommitResult.Committed put = put(key, "x");
        commit(Transaction.builder().write(Write.delete(key)));

        CommitResult late = commit(Transaction.builder()
                .require(Compare.unchanged(key, put.version(key)))
                .write(Write.delete(key)));

        assertThat(late).isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void overwritingABoundEntryIsRefusedAndChangesNothing() {
        Key key = new Key("members", "n");
        BackendSession session = backend.openSession(Duration.ofSeconds(2), soon());
        CommitResult.Committed bound = bind(key, "me", session);

        assertThatThrownBy(() -> put(key, "evil")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> commit(Transaction.builder()
                        .require(Compare.unchanged(key, bound.version(key)))
                        .write(Write.put(key, bytes("evil")))))
                .isInstanceOf(IllegalArgumentException.class);

        Entry entry = backend.read(key, soon()).orElseThrow();
        assertThat(text(entry)).isEqualTo("me");
        assertThat(entry.version()).isEqualTo(bound.version(key));
        assertThat(entry.created()).isEqualTo(bound.revision());
        assertThat(entry.session()).contains(session.id());
    }

    @Test
    void aRenewedSessionLivesAndOneThatIsNotEndsWithinASecondOfItsTtl() {
        Key key = new Key("members", "n");
        BackendSession session = backend.openSession(Duration.ofMillis(10), soon());
        assertThat(session.effectiveTtl()).isEqualTo(Duration.ofSeconds(1));
        bind(key, "me", session);
        long start = System.nanoTime();
        await().pollInterval(Duration.ofMillis(150)).until(() -> {
            session.renew(soon());
            return System.nanoTime() - start > 2_500_000_000L;
        });
        assertThat(backend.read(key, soon())).isPresent();

        long last = System.nanoTime();
        session.renew(soon());
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(5))
                .until(() -> backend.read(key, soon()).isEmpty());

        Duration ended = Duration.ofNanos(System.nanoTime() - last);
        assertThat(ended)
                .isLessThan(session.effectiveTtl().plus(Duration.ofSeconds(1)))
                .isGreaterThan(Duration.ofMillis(900));
        assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
        assertThatThrownBy(() -> bind(key, "me", session)).isInstanceOf(SessionLostException.class);
    }

    @Test
    void anEndedSessionIsGoneAtOnceAndItsNamesAreFree() {
        Key key = new Key("members", "n");
        BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());
        BackendSession other = backend.openSession(Duration.ofSeconds(5), soon());
        bind(key, "me", session);

        session.end(soon());
        session.end(soon());

        assertThat(backend.read(key, soon())).isEmpty();
        bind(key, "you", other);
    }

    @Test
    void aWatchSeesSnapshotChangesAndTheEndOfASession() throws Exception {
        Key bound = new Key("d", "bound");
        Seen seen = new Seen();
        put(new Key("d", "a"), "1");
        BackendSession session = backend.openSession(Duration.ofSeconds(1), soon());
        Subscription watch = backend.watch("d", seen);
        Subscription second = backend.watch("d", new Seen());
        await().until(() -> seen.log.size() == 1);

        put(new Key("d", "a"), "2");
        await().until(() -> seen.log.size() == 2);
        bind(bound, "b", session);
        await().until(() -> seen.log.size() == 3);
        await().until(() -> seen.log.size() == 4);
        put(new Key("d/deeper", "a"), "2");
        commit(Transaction.builder().write(Write.delete(new Key("d", "a"))));
        await().until(() -> seen.log.size() == 5);

        assertThat(seen.log).containsExactly("[a=1]", "a=2", "bound=b", "bound gone", "a gone");
        second.close();
        watch.close();
    }

    @Test
    void aFrozenServerKeepsNobodyLongerThanTheDeadlineAndLeavesWritesUnknown() {
        BackendSession session = backend.openSession(Duration.ofSeconds(5), soon());
        put(new Key("d", "k"), "x");
        server.freeze();
        try {
            Duration limit = Duration.ofMillis(600);
            long start = System.nanoTime();
            assertThatThrownBy(() -> backend.commit(
                            Transaction.builder()
                                    .write(Write.put(new Key("d", "k"), bytes("y")))
                                    .build(),
                            in(limit)))
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThatThrownBy(() -> backend.read(new Key("d", "k"), in(limit)))
                    .isInstanceOf(ClusterUnavailableException.class);
            assertThatThrownBy(() -> session.renew(in(limit))).isInstanceOf(ClusterUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(limit.multipliedBy(3).plusMillis(400));
        } finally {
            server.thaw();
        }
    }

    @Test
    void aSwallowedReplyIsUnknownAndACutConnectionUnavailable() {
        try (TcpProxy proxy = TcpProxy.to(server)) {
            Backend through = open(ConsulConfig.at(proxy.host(), proxy.port()));
            Key key = new Key("d", "k");
            proxy.swallowReplies();
            assertThatThrownBy(() -> through.commit(
                            Transaction.builder()
                                    .write(Write.put(key, bytes("y")))
                                    .build(),
                            in(Duration.ofMillis(500))))
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(backend.read(key, soon())).isPresent();

            proxy.cut();
            assertThatThrownBy(() -> through.commit(
                            Transaction.builder()
                                    .write(Write.put(key, bytes("z")))
                                    .build(),
                            soon()))
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining(proxy.host() + ":" + proxy.port());
            proxy.heal();
            assertThat(through.read(key, soon())).isPresent();
        }
    }

    private Backend open(ConsulConfig config) {
        Backend made = config.open(namespace, SystemTimeline.instance());
        opened.add(made);
        return made;
    }

    private CommitResult.Committed put(Key key, String value) {
        return (CommitResult.Committed) commit(Transaction.builder().write(Write.put(key, bytes(value))));
    }

    private CommitResult.Committed bind(Key key, String value, BackendSession session) {
        return (CommitResult.Committed) commit(Transaction.builder().write(Write.bind(key, bytes(value), session)));
    }

    private CommitResult commit(Transaction.Builder transaction) {
        return backend.commit(transaction.build(), soon());
    }

    private static long revision(CommitResult result) {
        return ((CommitResult.Committed) result).revision();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    private static Deadline soon() {
        return in(SOON);
    }

    private static Deadline in(Duration timeout) {
        return Deadline.after(timeout, SystemTimeline.instance().ticker());
    }

    private static final class Seen implements WatchListener {
        private final List<String> log = new CopyOnWriteArrayList<>();

        @Override
        public void onSnapshot(List<Entry> children) {
            log.add(children.stream()
                    .map(child -> child.key().name() + "=" + text(child))
                    .toList()
                    .toString());
        }

        @Override
        public void onChanges(List<Change> changes) {
            for (Change change : changes) {
                log.add(change.key().name()
                        + change.entry().map(entry -> "=" + text(entry)).orElse(" gone"));
            }
        }
    }
}
