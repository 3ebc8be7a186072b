package io.muster.queue.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Term;
import io.muster.cluster.local.ManualTimeline;
import io.muster.queue.distribution.Distributor.DistributorSetting;
import io.muster.queue.memory.MemoryOptions;
import io.muster.queue.memory.MemoryStore;
import io.muster.queue.store.ForeignFenceException;
import io.muster.queue.store.IncarnationRecord;
import io.muster.queue.store.JobStore;
import io.muster.queue.store.NewJob;
import io.muster.queue.store.Retention;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C4")
class DistributorTest {
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final Duration TTL = Duration.ofSeconds(4);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Seat SEAT =
            new Seat("a", "a-1", "main", QueueOrder.strict("default"), Set.of("mail"), 2, 0, Seat.State.OPEN);

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final List<String> calls = new ArrayList<>();
    private final RecordingDesk desk = new RecordingDesk(calls);
    private final RecordingRelay relay = new RecordingRelay();
    private boolean trusted = true;
    private int resigned;
    private int withdrawn;

    @Test
    @Tag("C11")
    void aLeadersFirstWriteInstallsItsFence() {
        Distributor distributor = distributor(true);

        distributor.gained(new TestTerm(7));
        timeline.runUntilIdle();

        assertThat(calls).startsWith("install coordinator@7", "incarnations", "tend");
    }

    @Test
    void whoDoesNotLeadWritesNothing() {
        Distributor distributor = distributor(true);

        distributor.members(Set.of("a-1"), List.of(SEAT));
        distributor.wake();
        timeline.advance(MINUTE);

        assertThat(calls).isEmpty();
        assertThat(desk.hints).isEmpty();
    }

    @Test
    void aRefusedFenceEndsTheLeadershipHereAndResigns() {
        Distributor distributor = leading();
        desk.failure = Optional.of(new StaleFenceException("term 8 has written"));

        distributor.wake();
        timeline.runUntilIdle();

        assertThat(resigned).isEqualTo(1);
        assertThat(relay.ended).isEqualTo(1);
        calls.clear();
        timeline.advance(MINUTE);
        assertThat(calls).isEmpty();
        assertThat(desk.hints).isEmpty();
    }

    @Test
    void anUnexpectedErrorCostsOneRoundAndNotTheLeadership() {
        Distributor distributor = leading();
        desk.failure = Optional.of(new IllegalStateException("nobody expected this"));
        distributor.wake();
        timeline.runUntilIdle();
        desk.failure = Optional.empty();
        calls.clear();

        timeline.advance(IDLE);

        assertThat(calls).contains("assign");
        assertThat(resigned).isZero();
    }

    @Test
    @Tag("K2")
    void aNodeThatGivesNoSignOfLifeIsBuriedThoughItsSessionGoesOn() {
        desk.known.add(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()));
        Distributor distributor = leading();
        for (int second = 0; second < 85; second += 5) {
            distributor.signs(Map.of("a-1", signOf(0), "b-1", signOf(second)));
            timeline.advance(Duration.ofSeconds(5));
        }
        assertThat(calls).doesNotContain("bury a-1@7");

        distributor.signs(Map.of("a-1", signOf(0), "b-1", signOf(85)));
        timeline.advance(Duration.ofSeconds(35));

        assertThat(calls).contains("bury a-1@7");
    }

    private static LifeSign signOf(int second) {
        return new LifeSign(Instant.ofEpochSecond(second), Duration.ofSeconds(90), false);
    }

    @Test
    void anIdleLeaderGoesThroughOneRoundPerIdleTime() {
        leading();
        calls.clear();

        timeline.advance(IDLE.multipliedBy(10).plusMillis(1));

        assertThat(calls.stream().filter("assign"::equals)).hasSizeLessThanOrEqualTo(17);
        assertThat(calls.stream().filter("tend"::equals)).hasSizeLessThanOrEqualTo(10);
        assertThat(calls.stream().filter("incarnations"::equals)).hasSizeLessThanOrEqualTo(6);
    }

    @Test
    @Tag("Q3")
    void aHintLeadsToARoundAtOnce() {
        leading();
        calls.clear();

        desk.hints.get(0).run();
        timeline.runUntilIdle();

        assertThat(calls).containsExactly("assign");
    }

    @Test
    @Tag("Q3")
    void hintsThatComeTogetherLeadToOneRound() {
        leading();
        calls.clear();

        for (int hint = 0; hint < 100; hint++) {
            desk.hints.get(0).run();
        }
        timeline.runUntilIdle();

        assertThat(calls).containsExactly("assign");
    }

    @Test
    @Tag("Q3")
    void hintsThatLeadToNothingForLongAreFollowedAtAPace() {
        leading();
        hintEveryFiveMillis(20);
        calls.clear();

        hintEveryFiveMillis(200);

        assertThat(calls.stream().filter("assign"::equals)).hasSizeBetween(15, 25);
    }

    @Test
    @Tag("Q3")
    void aRareHintIsFollowedAtOnceHoweverManyWereInVain() {
        leading();
        hintEveryFiveMillis(20);
        timeline.advance(Duration.ofMillis(100));
        calls.clear();

        desk.hints.get(0).run();
        timeline.runUntilIdle();

        assertThat(calls).containsOnlyOnce("assign");
    }

    @Test
    @Tag("Q3")
    void oneHintThatWasNotInVainEndsThePace() {
        leading();
        hintEveryFiveMillis(20);
        desk.assigns = 1;
        hintEveryFiveMillis(20);
        desk.assigns = 0;
        calls.clear();

        desk.hints.get(0).run();
        timeline.runUntilIdle();

        assertThat(calls).containsExactly("assign");
    }

    private void hintEveryFiveMillis(int times) {
        for (int i = 0; i < times; i++) {
            desk.hints.get(0).run();
            timeline.advance(Duration.ofMillis(5));
        }
    }

    @Test
    void whileJobsFlowRoundsFollowCloselyAndWhileAllSlotsAreTakenMoreAndMoreSlowly() {
        desk.ready = Map.of("default", 50);
        leading();
        desk.assigns = 2;
        calls.clear();
        timeline.advance(Duration.ofMillis(500));
        assertThat(calls.stream().filter("assign"::equals)).hasSizeGreaterThan(80);

        desk.assigns = 0;
        timeline.advance(Duration.ofSeconds(3));
        calls.clear();
        timeline.advance(Duration.ofSeconds(10));
        assertThat(calls.stream().filter("assign"::equals)).hasSizeBetween(9, 14);
    }

    @Test
    @Tag("Q4")
    void aDueMomentWakesTheLeader() {
        desk.nextDue = Optional.of(timeline.clock().instant().plusMillis(700));
        leading();
        desk.nextDue = Optional.empty();
        calls.clear();

        timeline.advance(Duration.ofMillis(700));
        assertThat(calls).doesNotContain("tend");
        timeline.advance(Duration.ofMillis(1));
        assertThat(calls).contains("tend");
    }

    @Test
    void aLeaderWhoseStoreIsSilentForATtlResigns() {
        leading();
        desk.failure = Optional.of(new StoreUnavailableException("down"));

        timeline.advance(IDLE.plus(TTL));
        assertThat(withdrawn).isZero();
        timeline.advance(Duration.ofSeconds(2));

        assertThat(withdrawn).isEqualTo(1);
        calls.clear();
        timeline.advance(MINUTE);
        assertThat(calls).isEmpty();
    }

    @Test
    void aStoreThatAnswersAgainInTimeKeepsItsLeader() {
        leading();
        for (int outage = 0; outage < 5; outage++) {
            desk.failure = Optional.of(new StoreUnavailableException("down"));
            timeline.advance(IDLE);
            desk.failure = Optional.empty();
            timeline.advance(IDLE);
        }

        assertThat(withdrawn).isZero();
    }

    @Test
    @Tag("C11")
    void aForeignStoreIsAskedAgainSlowlyAndServedOnceItIsAdopted() {
        desk.failure = Optional.of(new ForeignFenceException("the store belongs to another coordinator; adopt it"));
        Distributor distributor = distributor(true);
        distributor.gained(new TestTerm(7));
        timeline.advance(Duration.ofSeconds(21));

        assertThat(calls).hasSizeBetween(4, 6).containsOnly("install coordinator@7");
        assertThat(resigned).isZero();

        desk.failure = Optional.empty();
        timeline.advance(Duration.ofSeconds(5));
        assertThat(calls).contains("tend");
    }

    @Test
    void whileTheTermIsNotTrustedNothingIsWritten() {
        leading();
        calls.clear();
        trusted = false;

        timeline.advance(MINUTE);
        assertThat(calls).isEmpty();

        trusted = true;
        timeline.advance(Duration.ofSeconds(1));
        assertThat(calls).isNotEmpty();
    }

    @Test
    void aLostTermEndsTheWorkAndAnEarlierOnesLossDoesNot() {
        Distributor distributor = leading();
        distributor.lost(new TestTerm(6));
        timeline.runUntilIdle();
        calls.clear();
        timeline.advance(IDLE);
        assertThat(calls).isNotEmpty();

        distributor.lost(new TestTerm(7));
        timeline.runUntilIdle();
        calls.clear();
        timeline.advance(MINUTE);
        assertThat(calls).isEmpty();
    }

    @Test
    @Tag("K2")
    void aMemberThatIsMissingIsLookedForAtOnce() {
        Distributor distributor = leading();
        distributor.members(Set.of("a-1", "b-1"), List.of(SEAT));
        timeline.advance(Duration.ofMillis(10));
        calls.clear();

        distributor.members(Set.of("a-1"), List.of(SEAT));
        timeline.runUntilIdle();

        assertThat(calls).contains("incarnations");
    }

    @Test
    @Tag("C7")
    void withDistributionOffOnlyTheChoresAreDone() {
        Distributor distributor = distributor(false);
        distributor.members(Set.of("a-1"), List.of(SEAT));
        distributor.gained(new TestTerm(7));

        timeline.advance(MINUTE);

        assertThat(calls).contains("tend", "incarnations").doesNotContain("assign");
    }

    @Test
    @Tag("J1")
    void jobsOfTypesThatNobodyServesFailAfterTheTimeSetForThat() {
        leading();

        timeline.advance(Duration.ofMinutes(59));
        assertThat(calls).noneMatch(call -> call.startsWith("failUnserved"));
        timeline.advance(Duration.ofMinutes(4));

        assertThat(calls.stream().filter("failUnserved [mail] PT1H"::equals)).hasSizeBetween(2, 4);
    }

    @Test
    @Tag("C8")
    void aRealStoresJobsAreAssignedAsSoonAsTheyArePushed() {
        JobStore store = MemoryStore.open(MemoryOptions.DEFAULT, timeline);
        store.nodes()
                .admit(IncarnationRecord.admitted("a-1", "a", timeline.clock().instant()), Optional.empty());
        Distributor distributor = new Distributor(setting(store, true));
        distributor.members(Set.of("a-1"), List.of(SEAT));
        distributor.gained(new TestTerm(7));
        timeline.advance(Duration.ofMillis(100));

        store.intake().push(List.of(NewJob.of("b", "default", "mail", new byte[0])));
        timeline.runUntilIdle();

        assertThat(store.intake().counts().get(0).assigned()).isEqualTo(1);
    }

    private Distributor leading() {
        Distributor distributor = distributor(true);
        distributor.members(Set.of("a-1"), List.of(SEAT));
        distributor.gained(new TestTerm(7));
        timeline.runUntilIdle();
        return distributor;
    }

    private Distributor distributor(boolean distributes) {
        return new Distributor(setting(new DeskStore(desk), distributes));
    }

    private DistributorSetting setting(JobStore store, boolean distributes) {
        return new DistributorSetting(
                "a",
                QueueGroups.DEFAULT,
                QueueGroups.NONE,
                store,
                timeline,
                () -> Set.of("a-1"),
                TTL,
                () -> resigned++,
                () -> withdrawn++,
                relay,
                Retention.DEFAULT,
                distributes,
                Duration.ofHours(1));
    }

    private final class TestTerm implements Term {
        private final long number;

        TestTerm(long number) {
            this.number = number;
        }

        @Override
        public String group() {
            return "queue";
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public String identity() {
            return "coordinator";
        }

        @Override
        public boolean isTrusted() {
            return trusted;
        }
    }
}
