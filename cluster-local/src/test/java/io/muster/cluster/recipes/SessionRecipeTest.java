package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.NodeId;
import io.muster.cluster.Registration;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.SessionStatus.State;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.recipes.Cells.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C12")
class SessionRecipeTest {
    private final Cells cells = new Cells();
    private final Cell a = cells.open("a");
    private final List<State> states = new ArrayList<>();

    private void listen() {
        a.cluster.onSession((node, status) -> states.add(status.state()));
        cells.timeline.runUntilIdle();
    }

    @Test
    void aHealthySessionStaysActiveAndKeepsItsIncarnation() {
        listen();
        NodeId before = a.cluster.self();

        cells.advance(Duration.ofHours(1));

        assertThat(states).containsExactly(State.ACTIVE);
        assertThat(a.cluster.self()).isEqualTo(before);
        assertThat(a.cluster.session().trustedFor()).isGreaterThan(Cells.TTL.dividedBy(2));
    }

    @Test
    void aCutOffSessionIsSuspectAtHalfItsTtlAndLostBeforeTheServerEndsIt() {
        listen();
        a.faults.cut();

        cells.until(() -> states.contains(State.SUSPECT), Cells.TTL.dividedBy(2).plusSeconds(1));
        assertThat(a.cluster.session().isActive()).isFalse();
        cells.until(() -> states.contains(State.LOST), Cells.TTL);

        assertThat(cells.coordinator.liveSessions()).hasSize(1);
        assertThat(a.cluster.session().trustedFor()).isZero();
    }

    @Test
    void trustIsJudgedByTheClockAndNotByWhatRanInBetween() {
        a.process.pause();

        cells.advance(Cells.TTL);

        SessionStatus status = a.cluster.session();
        assertThat(status.state()).isEqualTo(State.LOST);
        assertThat(status.trustedFor()).isZero();
    }

    @Test
    void aRenewalThatIsConfirmedAfterTrustRanOutDoesNotReviveTheSession() {
        listen();
        NodeId before = a.cluster.self();
        a.faults.plan(operation -> {
            if (operation == Operation.RENEW && states.size() == 1) {
                states.add(State.CLOSED);
                a.process.stall(Cells.TTL.minusMillis(200));
            }
            return Fault.NONE;
        });

        cells.advance(Duration.ofSeconds(10));

        assertThat(states).containsExactly(State.ACTIVE, State.CLOSED, State.LOST, State.ACTIVE);
        assertThat(a.cluster.self()).isNotEqualTo(before);
    }

    @Test
    void aLostSessionIsFollowedByAnotherWithANewIncarnation() {
        listen();
        NodeId before = a.cluster.self();

        a.faults.expireSessions();
        cells.advance(Duration.ofSeconds(2));

        assertThat(states).containsExactly(State.ACTIVE, State.LOST, State.ACTIVE);
        assertThat(a.cluster.self().name()).isEqualTo("a");
        assertThat(a.cluster.self().incarnation()).isNotEqualTo(before.incarnation());
        assertThat(cells.coordinator.liveSessions()).hasSize(1);
    }

    @Test
    void rejoiningBeginsANewIncarnationAtOnce() {
        listen();
        NodeId before = a.cluster.self();

        a.cluster.rejoin();
        cells.advance(Duration.ofSeconds(1));

        assertThat(a.cluster.self()).isNotEqualTo(before);
        assertThat(cells.coordinator.liveSessions()).hasSize(1);
    }

    @Test
    void aSessionSurvivesARestartOfTheCoordinatorThatIsShorterThanTrust() {
        listen();
        NodeId before = a.cluster.self();

        cells.coordinator.stop();
        cells.advance(Duration.ofSeconds(3));
        cells.coordinator.start();
        cells.advance(Duration.ofSeconds(10));

        assertThat(states).containsExactly(State.ACTIVE, State.SUSPECT, State.ACTIVE);
        assertThat(a.cluster.self()).isEqualTo(before);
    }

    @Test
    void aListenerThatFailsOrIsSlowDelaysNoRenewal() {
        a.cluster.onSession((node, status) -> {
            if (status.state() == State.ACTIVE) {
                cells.timeline.node("elsewhere").stall(Duration.ofMinutes(1));
                throw new IllegalStateException("listener");
            }
        });
        NodeId before = a.cluster.self();

        cells.advance(Duration.ofMinutes(2));

        assertThat(a.cluster.self()).isEqualTo(before);
    }

    @Test
    void closingEndsTheSessionAndEverythingBoundAtOnceAndTwiceIsFine() {
        a.cluster.register(Registration.of("x", 1));
        assertThat(a.cluster.tryLock("k", Duration.ofMinutes(1)).held()).isPresent();
        listen();

        a.cluster.close();
        a.cluster.close();
        cells.timeline.runUntilIdle();

        assertThat(cells.coordinator.liveSessions()).isEmpty();
        assertThat(a.cluster.session().state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(() -> a.cluster.nodes()).isInstanceOf(IllegalStateException.class);
        Cell b = cells.open("b");
        assertThat(b.cluster.nodes()).isEmpty();
        assertThat(b.cluster.tryLock("k", Duration.ofMinutes(1)).held()).isPresent();
    }

    @Test
    void closingTakesAtMostFiveSecondsAlsoWhenTheCoordinatorHangs() {
        a.cluster.register(Registration.of("x", 1));
        a.cluster.campaign("g", new LeadershipLog());
        cells.timeline.runUntilIdle();
        a.faults.plan(operation -> {
            a.process.stall(Duration.ofMillis(700));
            return Fault.REQUEST_LOST;
        });
        Duration begun = cells.timeline.elapsed();

        a.cluster.close();

        assertThat(cells.timeline.elapsed().minus(begun)).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void withoutACoordinatorThereIsNoCluster() {
        cells.coordinator.stop();

        assertThatThrownBy(() -> cells.open("b")).isInstanceOf(ClusterUnavailableException.class);
    }
}
