package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Leader;
import io.muster.cluster.Subscription;
import io.muster.cluster.Term;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.time.Loop;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C4")
class ElectionRecipeTest {
    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final Cell b = cells.open("b");
    private final LeadershipLog logA = new LeadershipLog();
    private final LeadershipLog logB = new LeadershipLog();

    private void bothCampaign() {
        a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        b.cluster.campaign("g", logB);
        cells.timeline.runUntilIdle();
    }

    @Test
    void theFirstCandidateLeadsAtOnceAndTheSecondDoesNot() {
        bothCampaign();

        assertThat(logA.leads()).isTrue();
        assertThat(logB.events).isEmpty();
        assertThat(b.cluster.leader("g"))
                .contains(new Leader("g", a.cluster.self(), logA.last().number()));
        assertThat(logA.last().identity()).isNotEmpty();
    }

    @Test
    void aKilledLeaderIsSucceededWithinTtlAndOneSecond() {
        bothCampaign();

        a.kill();
        Duration took = cells.until(logB::leads, Cells.TTL.plusSeconds(1));

        assertThat(took).isLessThan(Cells.TTL.plusSeconds(1));
        assertThat(logB.last().number()).isGreaterThan(logA.last().number());
    }

    @Test
    void resigningHandsOverAtOnce() {
        Candidacy candidacy = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        b.cluster.campaign("g", logB);
        cells.timeline.runUntilIdle();

        candidacy.resign();
        Duration took = cells.until(logB::leads, Duration.ofMillis(500));

        assertThat(took).isLessThan(Duration.ofMillis(500));
        assertThat(logA.events).hasSize(2).last().asString().startsWith("lost");
        assertThat(candidacy.term()).isEmpty();
        cells.advance(Duration.ofSeconds(20));
        assertThat(logB.events).hasSize(1);
    }

    @Test
    @Tag("C10")
    void aCandidateThatLetsOthersFirstLeadsOnlyIfNobodyElseWants() {
        Cell c = cells.open("c");
        LeadershipLog logC = new LeadershipLog();
        Candidacy first = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        b.cluster.campaign("g", logB).letOthersFirst(Duration.ofSeconds(1));
        c.cluster.campaign("g", logC);
        cells.timeline.runUntilIdle();

        first.close();
        cells.until(logC::leads, Duration.ofMillis(500));
        cells.advance(Duration.ofSeconds(10));
        assertThat(logB.events).isEmpty();

        c.cluster.close();
        cells.advance(Duration.ofMillis(900));
        assertThat(logB.leads()).isFalse();
        cells.until(logB::leads, Duration.ofSeconds(1));
    }

    @Test
    void aLoneCandidateThatResignedLeadsAgainAfterAWhileInALaterTerm() {
        Candidacy candidacy = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        Term first = logA.last();

        candidacy.resign();
        cells.advance(Duration.ofMillis(900));
        assertThat(candidacy.term()).isEmpty();
        cells.advance(Duration.ofMillis(200));

        assertThat(candidacy.term()).map(Term::number).hasValueSatisfying(number -> assertThat(number)
                .isGreaterThan(first.number()));
    }

    @Test
    void aLeaderThatIsCutOffIsSuspendedThenLostByItsOwnClockBeforeASuccessorExists() {
        bothCampaign();
        a.faults.cut();

        cells.until(() -> logA.events.size() == 2, Cells.TTL);
        assertThat(logA.events.get(1)).startsWith("suspended");
        assertThat(logA.leads()).isTrue();
        cells.until(() -> logA.events.size() == 3, Cells.TTL);

        assertThat(logA.events.get(2)).startsWith("lost");
        assertThat(logA.leads()).isFalse();
        assertThat(logB.events).isEmpty();
        cells.until(logB::leads, Duration.ofSeconds(2));
    }

    @Test
    void aShortSilenceSuspendsAndResumesTheSameTerm() {
        bothCampaign();
        a.faults.cut();
        cells.until(() -> logA.events.size() == 2, Cells.TTL);

        a.faults.heal();
        cells.advance(Duration.ofSeconds(2));

        assertThat(logA.events)
                .containsExactly(
                        "gained " + logA.last().number(),
                        "suspended " + logA.last().number(),
                        "resumed " + logA.last().number());
        assertThat(logA.leads()).isTrue();
    }

    @Test
    void aLeaderPausedPastItsTtlFindsItsTermLostBeforeItActsAgain() {
        bothCampaign();
        Term old = logA.last();

        a.process.pause();
        cells.until(logB::leads, Cells.TTL.plusSeconds(1));
        assertThat(old.isTrusted()).isFalse();
        a.process.resume();
        cells.advance(Duration.ofSeconds(2));

        assertThat(logA.events).containsExactly("gained " + old.number(), "lost " + old.number());
        assertThat(logB.leads()).isTrue();
    }

    @Test
    void anElectionWhoseAnswerWasLostIsRecognisedAsWon() {
        a.faults.next(Operation.COMMIT, Fault.REPLY_LOST);

        a.cluster.campaign("g", logA);
        cells.advance(Duration.ofSeconds(1));

        assertThat(logA.leads()).isTrue();
        assertThat(a.cluster.leader("g")).map(Leader::term).contains(logA.last().number());
    }

    @Test
    void anElectionWhoseRequestWasLostIsRepeated() {
        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);

        a.cluster.campaign("g", logA);
        cells.advance(Duration.ofSeconds(1));

        assertThat(logA.leads()).isTrue();
    }

    @Test
    void aListenerThatFailsOnGainingLeadershipResigns() {
        logA.failing = true;
        bothCampaign();

        cells.advance(Duration.ofMillis(500));

        assertThat(logA.events).hasSize(2);
        assertThat(logA.events.get(1)).startsWith("lost");
        assertThat(logB.leads()).isTrue();
    }

    @Test
    void followersNoticeAVacancyAlsoWhenTheirWatchIsSilent() {
        bothCampaign();
        b.faults.silenceWatches();

        a.kill();

        cells.until(logB::leads, Cells.TTL.plusSeconds(16));
    }

    @Test
    void aLeaderWhoseKeyIsGoneIsToldSoOnce() {
        bothCampaign();

        a.faults.expireSessions();
        cells.advance(Duration.ofSeconds(3));

        assertThat(logA.events).filteredOn(event -> event.startsWith("lost")).hasSize(1);
        assertThat(logB.leads() ^ logA.leads()).isTrue();
    }

    @Test
    void afterALostSessionTheNodeCampaignsAgainAsANewIncarnation() {
        a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        String before = a.cluster.self().incarnation();

        a.faults.cut();
        cells.advance(Duration.ofSeconds(10));
        a.faults.heal();
        cells.advance(Duration.ofSeconds(5));

        assertThat(logA.leads()).isTrue();
        assertThat(logA.terms).hasSize(2);
        assertThat(logA.terms.get(1).number()).isGreaterThan(logA.terms.get(0).number());
        assertThat(a.cluster.self().incarnation()).isNotEqualTo(before);
    }

    @Test
    void whoLeadsIsToldFirstAndAfterEveryChange() {
        List<Optional<Leader>> seen = new ArrayList<>();
        Subscription subscription = b.cluster.onLeader("g", seen::add);
        cells.timeline.runUntilIdle();
        assertThat(seen).containsExactly(Optional.empty());

        Candidacy candidacy = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        candidacy.close();
        cells.timeline.runUntilIdle();
        subscription.close();
        a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();

        assertThat(seen)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(new Leader(
                                "g", a.cluster.self(), logA.terms.get(0).number())),
                        Optional.empty());
    }

    /** What a watch tells of the time before an election must not follow the election's own outcome. */
    @Test
    void aWatchThatIsLateTellsNobodyOfAnEarlierLeader() {
        Cell late = cells.open("late", backend -> watchingLate(backend, Duration.ofMillis(300)));
        LeadershipLog logLate = new LeadershipLog();
        List<Optional<Leader>> seen = new ArrayList<>();
        Candidacy first = a.cluster.campaign("g", logA);
        late.cluster.onLeader("g", seen::add);
        late.cluster.campaign("g", logLate);
        cells.advance(Duration.ofSeconds(2));

        first.close();
        cells.advance(Duration.ofMillis(100));
        Candidacy second = b.cluster.campaign("g", logB);
        cells.advance(Duration.ofMillis(100));
        second.close();
        cells.until(logLate::leads, Duration.ofSeconds(2));
        Optional<Leader> last =
                Optional.of(new Leader("g", late.cluster.self(), logLate.last().number()));
        cells.until(() -> seen.contains(last), Duration.ofSeconds(1));
        cells.advance(Duration.ofSeconds(20));

        assertThat(logB.last().number())
                .isBetween(logA.last().number() + 1, logLate.last().number() - 1);
        assertThat(seen.subList(seen.indexOf(last), seen.size())).containsExactly(last);
        assertThat(late.cluster.leader("g")).isEqualTo(last);
    }

    /** Of a leader that came and went unseen the watch shows only that nobody leads, which is older news than the answer for all it knows. */
    @Test
    void whatAWatchContradictsIsAskedAgainUntilItIsAnswered() {
        b.cluster.onLeader("g", leader -> {});
        cells.timeline.runUntilIdle();
        b.faults.silenceWatches();
        Candidacy first = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        b.cluster.campaign("g", logB);
        cells.timeline.runUntilIdle();
        first.close();
        cells.timeline.runUntilIdle();
        assertThat(b.cluster.leader("g")).isEmpty();
        assertThat(logB.events).isEmpty();

        b.faults.next(Operation.READ, Fault.UNREACHABLE);
        b.faults.resumeWatches();

        cells.until(logB::leads, Duration.ofSeconds(2));
    }

    /** Each delivery of its watches comes so late, and in order. */
    private Backend watchingLate(Backend backend, Duration by) {
        Loop network = cells.timeline.loop("late-watches");
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("watch")) {
                        return method.invoke(backend, arguments);
                    }
                    WatchListener listener = (WatchListener) arguments[1];
                    return backend.watch((String) arguments[0], new WatchListener() {
                        @Override
                        public void onSnapshot(List<Entry> children) {
                            network.schedule(by, () -> listener.onSnapshot(children));
                        }

                        @Override
                        public void onChanges(List<Change> changes) {
                            network.schedule(by, () -> listener.onChanges(changes));
                        }
                    });
                });
    }

    @Test
    void closingTheClusterHandsOverAtOnceAndTellsTheListener() {
        bothCampaign();

        a.cluster.close();

        assertThat(logA.events).hasSize(2);
        cells.until(logB::leads, Duration.ofMillis(500));
    }

    @Test
    void oneCandidacyPerGroupAndCluster() {
        a.cluster.campaign("g", logA);

        assertThatThrownBy(() -> a.cluster.campaign("g", logB)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void termsOfDifferentGroupsShareOneLine() {
        a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        b.cluster.campaign("h", logB);
        cells.timeline.runUntilIdle();

        assertThat(logB.last().number()).isGreaterThan(logA.last().number());
        assertThat(logB.last().identity()).isEqualTo(logA.last().identity());
    }

    @Test
    @Tag("C11")
    void afterTheCoordinatorWasWipedTermsAreOfAnotherLine() {
        bothCampaign();
        String before = logA.last().identity();

        cells.coordinator.wipe();
        cells.until(() -> logA.terms.size() + logB.terms.size() == 2, Cells.TTL.plusSeconds(2));

        LeadershipLog next = logA.terms.size() == 2 ? logA : logB;
        assertThat(next.last().identity()).isNotEqualTo(before);
        assertThat(logA.events.get(1)).startsWith("lost");
    }

    @Test
    void campaigningAnewRightAfterClosingLeadsInALaterTermAlsoIfTheClosingWasLost() {
        Candidacy first = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);

        first.close();
        a.cluster.campaign("g", logB);
        cells.until(logB::leads, Duration.ofSeconds(3));
        cells.advance(Duration.ofMinutes(1));

        assertThat(logB.events).containsExactly("gained " + logB.last().number());
        assertThat(logB.last().number()).isGreaterThan(logA.last().number());
    }

    @Test
    void idleNodesSendAtMostOneCommandPerSecondBesideRenewals() {
        bothCampaign();
        a.cluster.onMembership(nodes -> {});
        cells.advance(Duration.ofSeconds(5));
        int[] commands = {0};
        a.faults.plan(operation -> {
            if (operation != Operation.RENEW) {
                commands[0]++;
            }
            return Fault.NONE;
        });

        cells.advance(Duration.ofSeconds(100));

        assertThat(commands[0]).isBetween(10, 100);
    }
}
