package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exclusive holds that end with the holder. */
public interface LockContract extends Contract {
    /** Longer than any test. */
    Duration LONG = Duration.ofMinutes(5);

    @Test
    @Tag("C2")
    default void aFreeLockIsHeldByOneAndBusyForOthersWhoLearnByWhom(Bench bench) {
        Cluster first = bench.cluster("a");
        Cluster second = bench.cluster("b");

        Lock lock = held(first.tryLock("k", LONG));

        assertThat(lock.isHeld()).isTrue();
        assertThat(lock.key()).isEqualTo("k");
        assertThat(second.tryLock("k", LONG)).isEqualTo(new LockAttempt.Busy(first.self()));
        assertThat(held(second.tryLock("other", LONG)).isHeld()).isTrue();
    }

    @Test
    @Tag("C2")
    default void whoHoldsALockIsSeenByAllAndNobodyHoldsAFreeOne(Bench bench) {
        Cluster first = bench.cluster("a");
        Cluster second = bench.cluster("b");
        assertThat(second.lockHolder("k ü/%")).isEmpty();

        Lock lock = held(first.tryLock("k ü/%", LONG));

        assertThat(first.lockHolder("k ü/%")).contains(first.self());
        assertThat(second.lockHolder("k ü/%")).contains(first.self());
        assertThat(lock.release()).isEqualTo(Release.RELEASED);
        assertThat(second.lockHolder("k ü/%")).isEmpty();
    }

    @Test
    @Tag("C2")
    default void aLockIsNotReentrant(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Lock lock = held(cluster.tryLock("k", LONG));

        assertThat(cluster.tryLock("k", LONG)).isEqualTo(new LockAttempt.Busy(cluster.self()));
        assertThat(lock.isHeld()).isTrue();
    }

    @Test
    @Tag("C2")
    default void aReleasedLockIsFreeForOthersWithALargerToken(Bench bench) {
        Lock lock = held(bench.cluster("a").tryLock("k", LONG));

        assertThat(lock.release()).isEqualTo(Release.RELEASED);

        assertThat(lock.isHeld()).isFalse();
        Lock next = held(bench.cluster("b").tryLock("k", LONG));
        assertThat(next.fencingToken()).isGreaterThan(lock.fencingToken());
    }

    @Test
    @Tag("C2")
    default void releasingTwiceChangesNothingAndSaysSo(Bench bench) {
        Lock lock = held(bench.cluster("a").tryLock("k", LONG));
        lock.release();
        Cluster other = bench.cluster("b");
        Lock next = held(other.tryLock("k", LONG));

        assertThat(lock.release()).isEqualTo(Release.NOT_OWNER);
        lock.close();

        assertThat(next.renew(LONG)).isEqualTo(Renewal.RENEWED);
        assertThat(bench.cluster("c").tryLock("k", LONG)).isEqualTo(new LockAttempt.Busy(other.self()));
    }

    @Test
    @Tag("C2")
    default void fencingTokensGrowWithEveryHolder(Bench bench) {
        List<Cluster> clusters = List.of(bench.cluster("a"), bench.cluster("b"), bench.cluster("c"));
        List<Long> tokens = new ArrayList<>();

        for (int i = 0; i < Bench.count(15, 1_000); i++) {
            try (Lock lock = held(clusters.get(i % 3).tryLock("k", LONG))) {
                tokens.add(lock.fencingToken());
            }
        }

        assertThat(tokens).doesNotHaveDuplicates().isSorted();
    }

    @Test
    @Tag("C2")
    default void anyTextCanNameALock(Bench bench) {
        Cluster cluster = bench.cluster("a");
        for (String name : List.of("späße", "a b", "%?#/+", "..", "x".repeat(80))) {
            Lock lock = held(cluster.tryLock(name, LONG));

            assertThat(lock.key()).isEqualTo(name);
            assertThat(lock.release()).isEqualTo(Release.RELEASED);
        }
        assertThatThrownBy(() -> cluster.tryLock("k", Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("C2")
    default void whoWaitsGetsTheLockSoonAfterItsRelease(Bench bench) {
        Lock lock = held(bench.cluster("a").tryLock("k", LONG));
        Cluster waiting = bench.cluster("b");
        CompletableFuture<LockAttempt> attempt =
                bench.beside(() -> waiting.awaitLock("k", LONG, Duration.ofSeconds(30)));
        bench.promptly().until(() -> waiting.tryLock("k", LONG) instanceof LockAttempt.Busy);
        assertThat(attempt).isNotDone();

        lock.release();

        bench.atOnce().until(attempt::isDone);
        assertThat(held(attempt.join()).fencingToken()).isGreaterThan(lock.fencingToken());
    }

    @Test
    @Tag("C2")
    default void whoWaitsInVainIsToldAfterTheWait(Bench bench) {
        Cluster holder = bench.cluster("a");
        held(holder.tryLock("k", LONG));
        Ticker ticker = bench.timeline().ticker();
        Duration wait = Duration.ofMillis(700);
        long begun = ticker.nanos();

        LockAttempt attempt = bench.cluster("b").awaitLock("k", LONG, wait);

        assertThat(attempt).isEqualTo(new LockAttempt.Busy(holder.self()));
        assertThat(Duration.ofNanos(ticker.nanos() - begun)).isBetween(wait, wait.plusSeconds(2));
    }

    @Test
    @Tag("C2")
    default void aLockThatIsNotRenewedEndsByItsTtlAndSaysSoOnce(Bench bench) {
        Cluster other = bench.cluster("b");
        AtomicInteger lost = new AtomicInteger();
        Duration ttl = Duration.ofMillis(800);
        Ticker ticker = bench.timeline().ticker();
        long begun = ticker.nanos();
        Lock lock = held(bench.cluster("a").tryLock("k", ttl));
        lock.onLost(lost::incrementAndGet);

        Lock next = held(other.awaitLock("k", LONG, Duration.ofSeconds(30)));

        assertThat(Duration.ofNanos(ticker.nanos() - begun)).isGreaterThanOrEqualTo(ttl);
        assertThat(lock.isHeld()).isFalse();
        bench.promptly().until(() -> lost.get() == 1);
        assertThat(lock.renew(LONG)).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lock.release()).isEqualTo(Release.NOT_OWNER);
        AtomicInteger lostBefore = new AtomicInteger();
        lock.onLost(lostBefore::incrementAndGet);
        bench.promptly().until(() -> lostBefore.get() == 1);
        assertThat(lost).hasValue(1);
        assertThat(next.renew(LONG)).isEqualTo(Renewal.RENEWED);
    }

    @Test
    @Tag("C2")
    default void aRenewedLockOutlivesItsFirstTtl(Bench bench) {
        Cluster other = bench.cluster("b");
        Duration ttl = Duration.ofSeconds(1);
        Lock lock = held(bench.cluster("a").tryLock("k", ttl));
        Ticker ticker = bench.timeline().ticker();
        long begun = ticker.nanos();

        bench.waiting(LONG).pollInterval(ttl.dividedBy(5)).until(() -> {
            assertThat(lock.renew(ttl)).isEqualTo(Renewal.RENEWED);
            return ticker.nanos() - begun > ttl.multipliedBy(2).toNanos();
        });

        assertThat(lock.isHeld()).isTrue();
        assertThat(other.tryLock("k", ttl)).isInstanceOf(LockAttempt.Busy.class);
    }

    @Test
    @Tag("C2")
    default void aReleasedLockIsNotReportedLost(Bench bench) {
        Cluster cluster = bench.cluster("a");
        AtomicInteger released = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        Lock first = held(cluster.tryLock("released", LONG));
        first.onLost(released::incrementAndGet);
        held(cluster.tryLock("lost", LONG)).onLost(lost::incrementAndGet);

        first.release();
        cluster.rejoin();

        bench.promptly().until(() -> lost.get() == 1);
        assertThat(released).hasValue(0);
    }

    @Test
    @Tag("C2")
    default void theLocksOfANodeThatClosesAreFreeAtOnce(Bench bench) {
        Cluster leaving = bench.cluster("a");
        Lock lock = held(leaving.tryLock("k", LONG));
        Cluster other = bench.cluster("b");

        leaving.close();

        assertThat(lock.isHeld()).isFalse();
        assertThat(held(other.tryLock("k", LONG)).isHeld()).isTrue();
    }

    @Test
    @Tag("C2")
    default void aHolderThatIsCutOffStopsBelievingAndTheNextOneGetsALargerToken(Bench bench) {
        Cluster other = bench.cluster("b");
        Cluster victim = bench.clusterThroughProxy("victim");
        Lock lock = held(victim.tryLock("k", LONG));
        AtomicInteger lost = new AtomicInteger();
        lock.onLost(lost::incrementAndGet);

        bench.faults().cut();
        Lock next = held(other.awaitLock("k", LONG, Duration.ofSeconds(60)));
        boolean stillHeld = lock.isHeld();

        if (bench.backend().capabilities().minimumSessionLife()) {
            assertThat(stillHeld).isFalse();
        }
        assertThat(next.fencingToken()).isGreaterThan(lock.fencingToken());
        bench.untilExpiry().until(() -> lost.get() == 1);
        bench.faults().heal();
        bench.untilRecovery().until(() -> victim.session().isActive());
        assertThat(lock.isHeld()).isFalse();
        assertThat(lock.renew(LONG)).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lock.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(next.renew(LONG)).isEqualTo(Renewal.RENEWED);
        assertThat(lost).hasValue(1);
    }

    @Test
    @Tag("C2")
    default void aLockWhoseReplyIsLostIsUnknownAndBecomesFreeByItself(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        Cluster other = bench.cluster("b");
        held(victim.tryLock("warm", LONG)).release();

        bench.faults().swallowReplies();
        try {
            assertThat(victim.tryLock("k", LONG)).isInstanceOf(LockAttempt.Unknown.class);
        } catch (ClusterUnavailableException sessionGoneMeanwhile) {
            assertThat(victim.session().isActive()).isFalse();
        }
        bench.faults().heal();

        bench.untilRecovery()
                .until(() -> other.tryLock("k", LONG) instanceof LockAttempt.Held held
                        && held.lock().isHeld());
    }

    @Test
    @Tag("C2")
    default void attemptsInASilentNetworkEndByTheCallTimeout(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        Cluster other = bench.cluster("b");
        held(victim.tryLock("warm", LONG)).release();

        bench.faults().blackhole();
        bench.timed(Bench.CALL_TIMEOUT.plusSeconds(1), () -> {
            try {
                assertThat(victim.tryLock("k", LONG)).isInstanceOf(LockAttempt.Unknown.class);
            } catch (ClusterUnavailableException | OutcomeUnknownException nothingHeld) {
                assertThat(nothingHeld).hasMessageMatching("(?s).+");
            }
        });
        bench.faults().heal();

        bench.untilRecovery()
                .ignoreExceptionsInstanceOf(ClusterException.class)
                .until(() -> other.tryLock("k", LONG) instanceof LockAttempt.Held);
    }

    @Test
    @Tag("C2")
    default void aRestartOfTheServerKeepsTokensGrowing(Bench bench) {
        Cluster first = bench.cluster("a");
        Cluster second = bench.cluster("b");
        Lock lock = held(first.tryLock("k", LONG));

        bench.faults().restartServer();
        bench.awaitAnswerOf(bench.backend());

        // The session may outlive the restart or not; either way the lock can be taken again.
        lock.release();
        Lock next = bench.untilRecovery()
                .ignoreExceptionsInstanceOf(ClusterException.class)
                .until(() -> second.tryLock("k", LONG).held(), Optional::isPresent)
                .orElseThrow();
        assertThat(next.fencingToken()).isGreaterThan(lock.fencingToken());
    }

    @Test
    @Tag("C2")
    default void twoNeverHoldALockAtOnce(Bench bench) {
        AtomicInteger inside = new AtomicInteger();
        int each = Bench.count(5, 100);
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Cluster cluster = bench.cluster("n" + i);
            workers.add(bench.beside(() -> {
                int collisions = 0;
                for (int round = 0; round < each; round++) {
                    try (Lock lock = held(cluster.awaitLock("k", LONG, Duration.ofSeconds(60)))) {
                        collisions += inside.getAndIncrement();
                        assertThat(lock.isHeld()).isTrue();
                        inside.decrementAndGet();
                    }
                }
                return collisions;
            }));
        }

        assertThat(workers.stream().mapToInt(CompletableFuture::join).sum()).isZero();
    }

    private static Lock held(LockAttempt attempt) {
        assertThat(attempt).isInstanceOf(LockAttempt.Held.class);
        return attempt.held().orElseThrow();
    }
}
