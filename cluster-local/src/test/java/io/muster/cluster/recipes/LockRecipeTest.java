package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.ListRequest;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C2")
class LockRecipeTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b");
    private final List<String> lost = new ArrayList<>();

    private Lock taken(Cell cell, String key, Duration ttl) {
        Lock lock = cell.cluster.tryLock(key, ttl).held().orElseThrow();
        lock.onLost(() -> lost.add(key));
        return lock;
    }

    @Test
    void aHeldLockIsBusyForOthersAndForItsHolder() {
        taken(a, "k", MINUTE);

        assertThat(b.cluster.tryLock("k", MINUTE)).isEqualTo(new LockAttempt.Busy(a.cluster.self()));
        assertThat(a.cluster.tryLock("k", MINUTE)).isEqualTo(new LockAttempt.Busy(a.cluster.self()));
    }

    @Test
    void fencingTokensGrowWithEveryHolder() {
        long last = 0;
        for (int i = 0; i < 20; i++) {
            Lock lock = taken(i % 2 == 0 ? a : b, "k", MINUTE);
            assertThat(lock.fencingToken()).isGreaterThan(last);
            last = lock.fencingToken();
            assertThat(lock.release()).isEqualTo(Release.RELEASED);
        }
    }

    @Test
    void theTtlEndsTheLockAndTellsItsHolder() {
        Lock lock = taken(a, "k", Duration.ofSeconds(2));

        cells.advance(Duration.ofMillis(1_999));
        assertThat(lock.isHeld()).isTrue();
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isEmpty();
        cells.advance(Duration.ofMillis(2));

        assertThat(lock.isHeld()).isFalse();
        assertThat(lost).containsExactly("k");
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isPresent();
        assertThat(lock.renew(MINUTE)).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lock.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isEmpty();
    }

    @Test
    void renewingStartsTheTtlAnew() {
        Lock lock = taken(a, "k", Duration.ofSeconds(2));

        for (int i = 0; i < 5; i++) {
            cells.advance(Duration.ofMillis(1_500));
            assertThat(lock.renew(Duration.ofSeconds(2))).isEqualTo(Renewal.RENEWED);
        }
        cells.advance(Duration.ofMillis(1_900));

        assertThat(lock.isHeld()).isTrue();
        assertThat(lost).isEmpty();
    }

    @Test
    void releasingTellsNobodyAndASecondReleaseIsNotTheOwners() {
        Lock lock = taken(a, "k", MINUTE);

        assertThat(lock.release()).isEqualTo(Release.RELEASED);
        assertThat(lock.release()).isEqualTo(Release.NOT_OWNER);
        cells.advance(MINUTE.multipliedBy(2));

        assertThat(lost).isEmpty();
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isPresent();
    }

    @Test
    void releaseByAStaleOwnerChangesNothingAndSaysSo() {
        Lock stale = taken(a, "k", MINUTE);
        a.faults.expireSessions();
        Lock newer = taken(b, "k", MINUTE);

        assertThat(stale.release()).isEqualTo(Release.NOT_OWNER);

        assertThat(newer.renew(MINUTE)).isEqualTo(Renewal.RENEWED);
        assertThat(newer.fencingToken()).isGreaterThan(stale.fencingToken());
    }

    @Test
    void aLostSessionEndsItsLocksAndTellsEachOnce() {
        Lock one = taken(a, "one", MINUTE);
        Lock two = taken(a, "two", MINUTE);

        a.faults.cut();
        cells.advance(Cells.TTL.plusSeconds(1));

        assertThat(one.isHeld()).isFalse();
        assertThat(two.isHeld()).isFalse();
        assertThat(lost).containsExactlyInAnyOrder("one", "two");
        assertThat(b.cluster.tryLock("one", MINUTE).held()).isPresent();
    }

    @Test
    void whoAsksLateIsToldAtOnceThatTheLockIsLost() {
        Lock lock = taken(a, "k", Duration.ofSeconds(1));
        cells.advance(Duration.ofSeconds(2));

        lock.onLost(() -> lost.add("late"));
        cells.timeline.runUntilIdle();

        assertThat(lost).containsExactly("k", "late");
    }

    @Test
    void aTryWhoseAnswerWasLostIsUnknownAndReleasesItself() {
        a.faults.next(Operation.COMMIT, Fault.REPLY_LOST);

        LockAttempt attempt = a.cluster.tryLock("k", MINUTE);

        assertThat(attempt).isInstanceOf(LockAttempt.Unknown.class);
        assertThat(b.cluster.tryLock("k", MINUTE)).isEqualTo(new LockAttempt.Busy(a.cluster.self()));
        cells.advance(Duration.ofSeconds(1));
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isPresent();
    }

    @Test
    void aReleaseWithoutAnswerIsUnknownAndRepeated() {
        Lock lock = taken(a, "k", MINUTE);
        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);

        assertThat(lock.release()).isEqualTo(Release.UNKNOWN);
        assertThat(lock.isHeld()).isFalse();
        cells.advance(Duration.ofSeconds(1));

        assertThat(b.cluster.tryLock("k", MINUTE).held()).isPresent();
    }

    @Test
    void renewingALockThatSomebodyDeletedSaysSo() {
        Lock lock = taken(a, "k", MINUTE);
        Transaction deletion =
                Transaction.builder().write(Write.delete(new Key("locks", "k"))).build();
        b.cluster.backend().commit(deletion, Deadline.after(Duration.ofSeconds(1), cells.timeline.ticker()));
        taken(b, "k", MINUTE);

        assertThat(lock.renew(MINUTE)).isEqualTo(Renewal.NOT_OWNER);
        cells.timeline.runUntilIdle();

        assertThat(lock.isHeld()).isFalse();
        assertThat(lost).containsExactly("k");
    }

    @Test
    void awaitingTakesTheLockAsSoonAsItIsReleased() {
        Lock first = taken(a, "k", MINUTE);
        Duration begun = cells.timeline.elapsed();
        a.process.loop("later").schedule(Duration.ofMillis(1_300), first::release);

        LockAttempt attempt = b.cluster.awaitLock("k", MINUTE, Duration.ofSeconds(10));

        assertThat(attempt.held()).isPresent();
        assertThat(cells.timeline.elapsed().minus(begun)).isBetween(Duration.ofMillis(1_300), Duration.ofMillis(1_500));
    }

    @Test
    void awaitingALockThatStaysBusyEndsWithTheWaitAndNotEarlier() {
        taken(a, "k", MINUTE);
        Duration begun = cells.timeline.elapsed();

        LockAttempt attempt = b.cluster.awaitLock("k", MINUTE, Duration.ofSeconds(3));

        assertThat(attempt).isEqualTo(new LockAttempt.Busy(a.cluster.self()));
        assertThat(cells.timeline.elapsed().minus(begun)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void awaitingWorksAlsoWhenTheWatchIsSilent() {
        Lock first = taken(a, "k", MINUTE);
        b.faults.silenceWatches();
        a.process.loop("later").schedule(Duration.ofMillis(500), first::release);

        assertThat(b.cluster.awaitLock("k", MINUTE, Duration.ofSeconds(4)).held())
                .isPresent();
    }

    @Test
    void withoutASessionNothingIsLocked() {
        a.faults.cut();
        cells.advance(Cells.TTL.plusSeconds(1));

        assertThatThrownBy(() -> a.cluster.tryLock("k", MINUTE)).isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void tenThousandNamesLeaveNothingBehind() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(a.cluster
                            .tryLock("lock " + i, MINUTE)
                            .held()
                            .orElseThrow()
                            .release())
                    .isEqualTo(Release.RELEASED);
        }

        Deadline deadline = Deadline.after(Duration.ofSeconds(5), cells.timeline.ticker());
        assertThat(a.cluster
                        .backend()
                        .list(ListRequest.first("locks", 10), deadline)
                        .entries())
                .isEmpty();
    }
}
