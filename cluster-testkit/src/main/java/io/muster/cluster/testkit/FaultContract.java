package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds when the server or the network fails: calls end, and what they say is true. */
public interface FaultContract extends Contract {
    /** Deadline of calls that are not going to be answered. */
    Duration SHORT = Duration.ofMillis(800);

    /** How late a call may be noticed to have ended on a busy machine. */
    Duration NOTICED = Duration.ofSeconds(1);

    @Test
    @Tag("C6")
    default void aWriteWhoseReplyIsLostIsUnknownAndCanBeFoundByItsToken(Bench bench) {
        Backend disturbed = bench.throughProxy();
        Key key = new Key("d", "k");
        bench.write(disturbed, Write.put(new Key("d", "warm"), Bench.bytes("x")));

        bench.faults().swallowReplies();
        Throwable thrown = catchThrowable(() -> disturbed.commit(
                Transaction.builder()
                        .write(Write.put(key, Bench.bytes("token")))
                        .build(),
                bench.within(SHORT)));

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
        bench.promptly().until(() -> bench.backend().read(key, bench.soon()).isPresent());
        assertThat(Bench.text(bench.entry(key))).isEqualTo("token");
        bench.faults().heal();
        bench.awaitAnswerOf(disturbed);
        bench.write(disturbed, Write.delete(key));
    }

    @Test
    @Tag("C6")
    default void aWriteWhoseReplyWasLostIsNotRepeated(Bench bench) {
        Backend disturbed = bench.throughProxy();
        Key key = new Key("d", "k");
        bench.write(disturbed, Write.put(key, Bench.bytes("first")));

        bench.faults().swallowReplies();
        Throwable thrown = catchThrowable(() -> disturbed.commit(
                Transaction.builder().write(Write.put(key, Bench.bytes("lost"))).build(), bench.within(SHORT)));
        bench.promptly().until(() -> Bench.text(bench.entry(key)).equals("lost"));
        bench.put(key, "newer");
        bench.faults().heal();
        bench.awaitAnswerOf(disturbed);
        for (int i = 0; i < 5; i++) {
            bench.write(disturbed, Write.put(new Key("e", "after"), Bench.bytes("" + i)));
        }

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(Bench.text(bench.entry(key))).isEqualTo("newer");
    }

    @Test
    @Tag("C6")
    default void callsIntoASilentNetworkEndByTheirDeadlineAndUnavailableMeansNotApplied(Bench bench) {
        Backend disturbed = bench.throughProxy();
        Key key = new Key("d", "k");
        bench.write(disturbed, Write.put(new Key("d", "warm"), Bench.bytes("x")));

        bench.faults().blackhole();
        ClusterException thrown = bench.failureWithin(
                SHORT.plus(NOTICED),
                () -> disturbed.commit(
                        Transaction.builder()
                                .write(Write.put(key, Bench.bytes("token")))
                                .build(),
                        bench.within(SHORT)));
        bench.faults().heal();
        bench.awaitAnswerOf(disturbed);

        assertThat(thrown).isInstanceOfAny(OutcomeUnknownException.class, ClusterUnavailableException.class);
        if (thrown instanceof ClusterUnavailableException) {
            assertThat(bench.backend().read(key, bench.soon())).isEmpty();
        }
    }

    @Test
    @Tag("C6")
    default void everyCallToAFrozenServerEndsByItsDeadline(Bench bench) {
        Backend backend = bench.another();
        BackendSession session = backend.openSession(bench.ttl(), bench.soon());
        BackendSession ending = backend.openSession(bench.ttl(), bench.soon());
        Map<String, Consumer<Deadline>> calls = new LinkedHashMap<>();
        calls.put("renew", session::renew);
        calls.put("end", ending::end);
        calls.put("openSession", deadline -> backend.openSession(bench.ttl(), deadline));
        calls.put(
                "commit",
                deadline -> backend.commit(
                        Transaction.builder()
                                .write(Write.put(new Key("d", "k"), Bench.bytes("x")))
                                .build(),
                        deadline));
        calls.put("read", deadline -> backend.read(new Key("d", "k"), deadline));
        calls.put("list", deadline -> backend.list(ListRequest.first("d", 10), deadline));
        calls.put("publish", deadline -> backend.publish("c", Bench.bytes("x"), deadline));

        bench.faults().freezeServer();
        List<CompletableFuture<ClusterException>> ended = new ArrayList<>();
        calls.forEach((name, call) -> ended.add(
                bench.beside(() -> bench.failureWithin(SHORT.plus(NOTICED), () -> call.accept(bench.within(SHORT))))));

        assertThat(ended.stream().map(CompletableFuture::join))
                .allSatisfy(thrown -> assertThat(thrown).isInstanceOf(ClusterException.class));
        bench.faults().thawServer();
        bench.awaitAnswerOf(backend);
        bench.write(backend, Write.put(new Key("d", "k"), Bench.bytes("again")));
    }

    @Test
    @Tag("C6")
    default void closingIsBoundedEvenIfTheServerIsFrozen(Bench bench) {
        Backend backend = bench.another();
        BackendSession session = backend.openSession(bench.ttl(), bench.soon());
        bench.write(backend, Write.bind(new Key("d", "k"), Bench.bytes("x"), session));
        bench.watch(backend, "d", new WatchRecorder());

        bench.faults().freezeServer();
        bench.timed(Duration.ofSeconds(6), backend::close);
        bench.faults().thawServer();

        bench.untilRecovery().ignoreExceptionsInstanceOf(ClusterException.class).until(() -> bench.backend()
                .read(new Key("d", "k"), bench.soon())
                .isEmpty());
    }

    @Test
    @Tag("C6")
    default void aConnectionCutForLessThanTheTtlCostsNoSession(Bench bench) {
        Backend disturbed = bench.throughProxy();
        BackendSession session = disturbed.openSession(bench.ttl().multipliedBy(3), bench.soon());
        Key key = new Key("d", "k");
        bench.write(disturbed, Write.bind(key, Bench.bytes("x"), session));
        WatchRecorder watch = new WatchRecorder();
        bench.watch(bench.backend(), "d", watch);
        bench.promptly().until(() -> watch.names().contains("k"));

        bench.faults().cut();
        bench.faults().heal();
        bench.untilRecovery()
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(FaultContract::mayBeRepeated)
                .until(() -> {
                    session.renew(bench.within(SHORT));
                    return true;
                });

        assertThat(bench.entry(key).session()).contains(session.id());
        assertThat(watch.told()).hasSize(1);
        session.end(bench.soon());
        assertThat(bench.backend().read(key, bench.soon())).isEmpty();
    }

    @Test
    @Tag("C6")
    @Tag("C11")
    default void aRestartedServerKeepsItsDataAndItsLineOfTerms(Bench bench) {
        Key kept = new Key("d", "kept");
        Committed before = bench.put(kept, "value");
        String identity = bench.backend().identity(bench.soon());

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());

        Entry entry = bench.entry(kept);
        assertThat(Bench.text(entry)).isEqualTo("value");
        assertThat(entry.version()).isEqualTo(before.version(kept));
        assertThat(entry.created()).isEqualTo(before.revision());
        assertThat(bench.put(new Key("d", "next"), "x").revision()).isGreaterThan(before.revision());
        assertThat(bench.backend().identity(bench.soon())).isEqualTo(identity);
        assertThat(bench.another().identity(bench.soon())).isEqualTo(identity);
    }

    @Test
    @Tag("C6")
    default void aSessionAcrossARestartGoesOnOrIsSaidToBeLost(Bench bench) {
        BackendSession session = bench.session();
        Key key = new Key("d", "k");
        bench.write(bench.backend(), Write.bind(key, Bench.bytes("x"), session));

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());
        boolean lives;
        try {
            session.renew(bench.soon());
            lives = true;
        } catch (SessionLostException e) {
            lives = false;
        }

        assertThat(bench.backend().read(key, bench.soon()).isPresent()).isEqualTo(lives);
        session.end(bench.soon());
        assertThat(bench.backend().read(key, bench.soon())).isEmpty();
    }

    @Test
    @Tag("C6")
    default void incrementsUnderCutsAreCountedOnceOrUnknown(Bench bench) {
        Key counter = new Key("d", "counter");
        bench.put(counter, "0");
        List<CompletableFuture<Tally>> workers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Backend disturbed = bench.throughProxy();
            workers.add(bench.beside(() -> Tally.of(bench, disturbed, counter, Bench.count(12, 300))));
        }
        while (!workers.stream().allMatch(CompletableFuture::isDone)) {
            int seen = Integer.parseInt(Bench.text(bench.entry(counter)));
            bench.faults().cut();
            bench.faults().heal();
            bench.untilRecovery()
                    .until(() -> workers.stream().allMatch(CompletableFuture::isDone)
                            || Integer.parseInt(Bench.text(bench.entry(counter))) > seen + 4);
        }

        int sure = workers.stream().mapToInt(worker -> worker.join().sure()).sum();
        int unknown =
                workers.stream().mapToInt(worker -> worker.join().unknown()).sum();
        assertThat(Integer.parseInt(Bench.text(bench.entry(counter)))).isBetween(sure, sure + unknown);
    }

    private static boolean mayBeRepeated(Throwable thrown) {
        return thrown instanceof ClusterUnavailableException || thrown instanceof OutcomeUnknownException;
    }

    /** What became of a worker's increments. */
    record Tally(int sure, int unknown) {
        private static Tally of(Bench bench, Backend backend, Key counter, int times) {
            int sure = 0;
            int unknown = 0;
            while (sure < times) {
                try {
                    if (Counter.increment(bench, backend, counter) instanceof Committed) {
                        sure++;
                    }
                } catch (OutcomeUnknownException e) {
                    unknown++;
                } catch (ClusterUnavailableException e) {
                    bench.awaitAnswerOf(backend);
                }
            }
            return new Tally(sure, unknown);
        }
    }
}
