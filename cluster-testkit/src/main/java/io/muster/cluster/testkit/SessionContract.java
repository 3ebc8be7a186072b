package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Capabilities;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Compare;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a session promises: proof of life, and the end of all that is bound to it. */
public interface SessionContract extends Contract {
    /** Between the end at the server and its being noticed by a test on a busy machine. */
    Duration NOTICED = Duration.ofSeconds(1);

    @Test
    @Tag("C1")
    default void aTtlBelowWhatTheServerGrantsIsRaisedAndSaid(Bench bench) {
        Capabilities capabilities = bench.backend().capabilities();

        BackendSession least = bench.backend().openSession(Duration.ofMillis(1), bench.soon());
        BackendSession asked = bench.backend().openSession(bench.ttl().plusMillis(1), bench.soon());

        assertThat(least.effectiveTtl()).isGreaterThanOrEqualTo(capabilities.leastSessionTtl());
        assertThat(asked.effectiveTtl()).isGreaterThan(bench.ttl());
    }

    @Test
    @Tag("C1")
    default void sessionsHaveIdsOfTheirOwn(Bench bench) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            BackendSession session = bench.session();
            ids.add(session.id());
            session.end(bench.soon());
        }
        ids.add(bench.another().openSession(bench.ttl(), bench.soon()).id());

        assertThat(ids).doesNotHaveDuplicates().doesNotContain("");
    }

    @Test
    @Tag("C1")
    default void aSessionLivesAsLongAsItIsRenewed(Bench bench) {
        BackendSession session = bench.session();
        Key key = bound(bench, session);
        Backend observer = bench.another();
        Ticker ticker = bench.timeline().ticker();
        long begun = ticker.nanos();
        Duration life = session.effectiveTtl().multipliedBy(2);

        bench.waiting(life.multipliedBy(3))
                .pollInterval(session.effectiveTtl().dividedBy(5))
                .until(() -> {
                    session.renew(bench.soon());
                    assertThat(observer.read(key, bench.soon())).isPresent();
                    return ticker.nanos() - begun >= life.toNanos();
                });

        session.renew(bench.soon());
    }

    @Test
    @Tag("C1")
    default void aSessionThatIsNotRenewedEndsInTimeAndIsSeenToByAll(Bench bench) {
        Backend observer = bench.another();
        WatchRecorder watch = new WatchRecorder();
        bench.watch(observer, "d", watch);
        BackendSession session = bench.session();
        Key key = bound(bench, session);
        bench.promptly().until(() -> watch.names().contains(key.name()));
        Ticker ticker = bench.timeline().ticker();

        long before = ticker.nanos();
        session.renew(bench.soon());
        long after = ticker.nanos();
        bench.untilExpiry().until(() -> watch.names().isEmpty());
        long seen = ticker.nanos();

        Capabilities capabilities = bench.backend().capabilities();
        Duration most = session.effectiveTtl().plus(capabilities.expirySlack()).plus(NOTICED);
        assertThat(Duration.ofNanos(seen - after)).isLessThanOrEqualTo(most);
        if (capabilities.minimumSessionLife()) {
            assertThat(Duration.ofNanos(seen - before)).isGreaterThanOrEqualTo(session.effectiveTtl());
        }
        assertEnded(bench, session, key);
    }

    @Test
    @Tag("C1")
    default void endingASessionRemovesWhatIsBoundAtOnce(Bench bench) {
        BackendSession session = bench.session();
        Key key = bound(bench, session);
        WatchRecorder watch = new WatchRecorder();
        bench.watch(bench.another(), "d", watch);
        bench.promptly().until(() -> watch.names().contains(key.name()));

        session.end(bench.soon());

        assertThat(bench.another().read(key, bench.soon())).isEmpty();
        assertEnded(bench, session, key);
        bench.atOnce().until(() -> watch.names().isEmpty());
    }

    @Test
    @Tag("C1")
    default void endingAnEndedSessionDoesNothing(Bench bench) {
        BackendSession session = bench.session();
        session.end(bench.soon());
        Key key = bound(bench, bench.session());

        session.end(bench.soon());

        assertThat(bench.backend().read(key, bench.soon())).isPresent();
    }

    @Test
    @Tag("C1")
    default void sessionsOfOneBackendEndIndependently(Bench bench) {
        BackendSession first = bench.session();
        BackendSession second = bench.session();
        bench.write(bench.backend(), Write.bind(new Key("d", "first"), Bench.bytes("x"), first));
        bench.write(bench.backend(), Write.bind(new Key("d", "second"), Bench.bytes("x"), second));

        first.end(bench.soon());

        second.renew(bench.soon());
        assertThat(bench.children(bench.backend(), "d"))
                .extracting(entry -> entry.key().name())
                .containsExactly("second");
    }

    @Test
    @Tag("C1")
    default void closingABackendEndsItsSessionsAndNoOthers(Bench bench) {
        Backend leaving = bench.another();
        Key gone = new Key("d", "gone");
        bench.write(leaving, Write.bind(gone, Bench.bytes("x"), leaving.openSession(bench.ttl(), bench.soon())));
        BackendSession staying = bench.session();
        Key kept = bound(bench, staying);

        bench.timed(Duration.ofSeconds(5), leaving::close);
        leaving.close();

        assertThat(bench.backend().read(gone, bench.soon())).isEmpty();
        assertThat(bench.backend().read(kept, bench.soon())).isPresent();
        staying.renew(bench.soon());
    }

    @Test
    @Tag("C1")
    default void renewalsAreNotDelayedByOtherCalls(Bench bench) {
        BackendSession session = bench.session();
        Backend backend = bench.backend();
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger writes = new AtomicInteger();
        byte[] value = new byte[backend.capabilities().mostValueBytes()];
        List<CompletableFuture<Boolean>> load = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Key key = new Key("load", "k" + i);
            load.add(bench.beside(() -> {
                while (!enough.get()) {
                    bench.write(backend, Write.put(key, value));
                    writes.incrementAndGet();
                }
                return true;
            }));
        }
        bench.promptly().until(() -> writes.get() > 0);

        try {
            for (int i = 0; i < Bench.count(10, 100); i++) {
                bench.timed(session.effectiveTtl(), () -> session.renew(bench.soon()));
            }
        } finally {
            enough.set(true);
        }

        assertThat(load).allMatch(CompletableFuture::join);
    }

    private static Key bound(Bench bench, BackendSession session) {
        Key key = new Key("d", "bound");
        bench.write(bench.backend(), Write.bind(key, Bench.bytes("x"), session));
        return key;
    }

    private static void assertEnded(Bench bench, BackendSession session, Key key) {
        assertThat(bench.backend().read(key, bench.soon())).isEmpty();
        assertThat(bench.children(bench.backend(), key.directory())).isEmpty();
        assertThatThrownBy(() -> session.renew(bench.soon())).isInstanceOf(SessionLostException.class);
        CommitResult present = bench.backend()
                .commit(Transaction.builder().require(Compare.present(key)).build(), bench.soon());
        assertThat(present).isInstanceOf(CommitResult.Conflict.class);
        bench.committed(
                bench.backend(),
                Transaction.builder()
                        .require(Compare.absent(key))
                        .write(Write.bind(key, Bench.bytes("next"), bench.session()))
                        .build());
        assertThatThrownBy(() -> session.renew(bench.soon())).isInstanceOf(SessionLostException.class);
        session.end(bench.soon());
        assertThat(Bench.text(bench.entry(key))).isEqualTo("next");
        bench.write(bench.backend(), Write.delete(key));
    }
}
