package io.muster.cluster.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.NodeId;
import io.muster.cluster.internal.CandidacyState.Effect;
import io.muster.cluster.internal.CandidacyState.Ending;
import io.muster.cluster.internal.CandidacyState.Event;
import io.muster.cluster.internal.CandidacyState.Following;
import io.muster.cluster.internal.CandidacyState.Leading;
import io.muster.cluster.internal.CandidacyState.Step;
import io.muster.cluster.internal.CandidacyState.Withdrawn;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.Version;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("C4")
class CandidacyStateTest {
    private long nowNanos;
    private final LiveSession session = session("i1");
    private final LiveSession other = session("i2");
    private final Tenure tenure = tenure(session, 7);
    private final Leading leading = new Leading(tenure, false);

    private LiveSession session(String incarnation) {
        return new LiveSession(new NodeId("n", incarnation), new Silent(incarnation), nowNanos, () -> nowNanos);
    }

    private static Tenure tenure(LiveSession session, long number) {
        return new Tenure("g", new BoundKeys.Taken.Ours(number, new Version(number, 0)), "line", session);
    }

    @Test
    void winningIsToldIfTheSessionIsStillTrusted() {
        assertThat(new Following().on(new Event.Won(tenure))).isEqualTo(Step.to(leading, Effect.TELL_GAINED));

        nowNanos += Duration.ofSeconds(4).toNanos();
        assertThat(new Following().on(new Event.Won(tenure))).isEqualTo(Step.to(new Following()));
    }

    @Test
    void silenceSuspendsAndConfirmationResumesOnce() {
        Leading suspended = new Leading(tenure, true);

        assertThat(leading.on(new Event.Suspected(session))).isEqualTo(Step.to(suspended, Effect.TELL_SUSPENDED));
        assertThat(suspended.on(new Event.Suspected(session))).isEqualTo(Step.to(suspended));
        assertThat(suspended.on(new Event.Resumed(session))).isEqualTo(Step.to(leading, Effect.TELL_RESUMED));
        assertThat(leading.on(new Event.Resumed(session))).isEqualTo(Step.to(leading));
    }

    @Test
    void aTermEndsWithItsOwnSessionOnly() {
        assertThat(leading.on(new Event.SessionLost(session))).isEqualTo(Step.to(new Ending(), Effect.TELL_LOST));
        assertThat(leading.on(new Event.SessionLost(other))).isEqualTo(Step.to(leading));
        assertThat(leading.on(new Event.Suspected(other))).isEqualTo(Step.to(leading));
    }

    @Test
    void vanishedAndResignedConcernTheirTermOnly() {
        Tenure older = tenure(session, 3);

        assertThat(leading.on(new Event.Vanished(tenure))).isEqualTo(Step.to(new Ending(), Effect.TELL_LOST));
        assertThat(leading.on(new Event.Vanished(older))).isEqualTo(Step.to(leading));
        assertThat(leading.on(new Event.Resigned(tenure)))
                .isEqualTo(Step.to(new Ending(), Effect.TELL_LOST, Effect.GIVE_UP));
        assertThat(leading.on(new Event.Resigned(older))).isEqualTo(Step.to(leading));
    }

    @Test
    void nothingIsWonBeforeTheListenerKnowsThatTheLastTermIsOver() {
        assertThat(new Ending().on(new Event.Won(tenure))).isEqualTo(Step.to(new Ending(), Effect.GIVE_UP));
        assertThat(new Ending().on(new Event.Told())).isEqualTo(Step.to(new Following(), Effect.CAMPAIGN));
    }

    @Test
    void closingIsFinalInEveryState() {
        assertThat(new Following().on(new Event.Closed())).isEqualTo(Step.to(new Withdrawn()));
        assertThat(leading.on(new Event.Closed()))
                .isEqualTo(Step.to(new Withdrawn(), Effect.TELL_LOST, Effect.GIVE_UP));
        assertThat(new Ending().on(new Event.Closed())).isEqualTo(Step.to(new Withdrawn()));
        assertThat(new Withdrawn().on(new Event.Told())).isEqualTo(Step.to(new Withdrawn()));
        assertThat(new Withdrawn().on(new Event.Won(tenure))).isEqualTo(Step.to(new Withdrawn(), Effect.GIVE_UP));
    }

    /** A session at a server that is never asked. */
    private record Silent(String id) implements BackendSession {
        @Override
        public Duration effectiveTtl() {
            return Duration.ofSeconds(4);
        }

        @Override
        public void renew(Deadline deadline) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void end(Deadline deadline) {
            throw new UnsupportedOperationException();
        }
    }
}
