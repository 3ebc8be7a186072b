package io.muster.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.SystemTimeline;
import io.muster.cluster.time.Ticker;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One server seen as two members, each behind its own network: one falls silent or refuses, the other is fine. */
class EtcdFailoverTest {
    private static final Ticker TICKER = SystemTimeline.instance().ticker();
    private static final Duration SHORT = Duration.ofMillis(700);

    private TcpProxy first;
    private TcpProxy second;
    private Backend direct;
    private Backend backend;

    @BeforeEach
    void open() {
        Optional<LocalServer> found = SharedServers.get(ServerKind.ETCD);
        Assumptions.assumeTrue(found.isPresent(), "no etcd");
        first = TcpProxy.to(found.get());
        second = TcpProxy.to(found.get());
        String namespace = "failover-" + UUID.randomUUID();
        direct =
                EtcdConfig.at(found.get().host() + ":" + found.get().port()).open(namespace, SystemTimeline.instance());
        backend = EtcdConfig.at(first.host() + ":" + first.port(), second.host() + ":" + second.port())
                .open(namespace, SystemTimeline.instance());
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
        backend.close();
        direct.close();
    }

    @Test
    void aReadIsAskedOfTheOtherMemberWithinItsDeadline() {
        commit(direct, "a");
        first.blackhole();

        assertThat(backend.read(new Key("d", "a"), within(Duration.ofSeconds(3))))
                .isPresent();
        long begun = TICKER.nanos();
        assertThat(backend.read(new Key("d", "a"), within(SHORT))).isPresent();
        assertThat(Duration.ofNanos(TICKER.nanos() - begun)).isLessThan(SHORT);
    }

    @Test
    void aWriteThatASilentMemberGotIsUnknownAndTheNextGoesToTheOther() {
        first.blackhole();

        assertThat(catchThrowable(() -> commit(backend, "a"))).isInstanceOf(OutcomeUnknownException.class);
        assertThat(commit(backend, "b")).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void aWriteThatCouldNotBeSentGoesToTheOtherMemberAtOnce() {
        first.cut();
        await().atMost(Duration.ofSeconds(2)).until(() -> first.traffic().openConnections() == 0);
        Throwable broken = catchThrowable(() -> commit(backend, "a"));

        assertThat(broken == null || broken instanceof OutcomeUnknownException).isTrue();
        assertThat(commit(backend, "b")).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void aSessionOutlivesASilentMember() {
        BackendSession session = backend.openSession(Duration.ofSeconds(2), within(Duration.ofSeconds(3)));
        first.blackhole();
        long begun = TICKER.nanos();

        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptionsInstanceOf(ClusterUnavailableException.class)
                .until(() -> {
                    session.renew(within(Duration.ofMillis(400)));
                    return TICKER.nanos() - begun > Duration.ofSeconds(6).toNanos();
                });
    }

    @Test
    void aWatchLeavesASilentMember() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        backend.watch("d", new Names(seen));
        commit(direct, "a");
        await().until(() -> seen.contains("a"));

        first.blackhole();
        commit(direct, "b");

        await().atMost(Duration.ofSeconds(8)).until(() -> seen.contains("b"));
    }

    private static CommitResult commit(Backend by, String name) {
        Write write = Write.put(new Key("d", name), name.getBytes(StandardCharsets.US_ASCII));
        return by.commit(Transaction.builder().write(write).build(), within(SHORT));
    }

    private static Deadline within(Duration timeout) {
        return Deadline.after(timeout, TICKER);
    }

    private record Names(Set<String> seen) implements WatchListener {
        @Override
        public void onSnapshot(List<Entry> children) {
            children.forEach(entry -> seen.add(entry.key().name()));
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(change -> seen.add(change.key().name()));
        }
    }
}
