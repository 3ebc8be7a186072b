package io.muster.cluster.local;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.ClusterUnavailableException;
import io.muster.cluster.OutcomeUnknownException;
import io.muster.cluster.SessionLostException;
import io.muster.cluster.local.FaultPlan.Delivery;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.spi.Backend;
import io.muster.cluster.spi.BackendSession;
import io.muster.cluster.spi.ChannelListener;
import io.muster.cluster.spi.CommitResult;
import io.muster.cluster.spi.Entry;
import io.muster.cluster.spi.Key;
import io.muster.cluster.spi.Transaction;
import io.muster.cluster.spi.WatchListener;
import io.muster.cluster.spi.Write;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the coordinator and its faults do in manual time. */
class LocalCoordinatorTest {
    private static final Key KEY = new Key("d", "k");
    private static final byte[] VALUE = {1};

    private final ManualTimeline timeline = ManualTimeline.ordered();
    private final LocalCoordinator coordinator = LocalCoordinator.on(timeline);
    private final LocalFaults faults = new LocalFaults();
    private final Backend backend = coordinator.config(faults).open("test", timeline.node("n"));
    private final Backend other = coordinator.config(new LocalFaults()).open("test", timeline.node("m"));

    @Test
    void aSessionEndsExactlyWhenItsTtlHasPassedSinceItsLastRenewal() {
        BackendSession session = backend.openSession(ofSeconds(2), soon());
        bind(session);

        timeline.advance(ofSeconds(1));
        session.renew(soon());
        timeline.advance(ofMillis(1_999));
        assertThat(other.read(KEY, soon())).isPresent();
        timeline.advance(ofMillis(1));

        assertThat(other.read(KEY, soon())).isEmpty();
        assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
    }

    @Test
    void watchesSeeTheEndOfASessionThatNobodyAskedFor() {
        Seen seen = new Seen();
        bind(backend.openSession(ofSeconds(2), soon()));
        other.watch("d", seen);

        timeline.advance(ofSeconds(2));

        assertThat(seen.calls).containsExactly("snapshot [k]", "k gone");
    }

    @Test
    void aWriteWithItsOwnTtlEndsUnaskedAndRewritingWithoutKeepsIt() {
        Seen seen = new Seen();
        other.watch("d", seen);
        Key kept = new Key("d", "kept");
        put(Write.put(KEY, VALUE, ofSeconds(1)));
        put(Write.put(kept, VALUE, ofSeconds(1)));
        put(Write.put(kept, VALUE));

        timeline.advance(ofSeconds(1));

        assertThat(seen.calls).last().isEqualTo("k gone");
        assertThat(other.read(kept, soon())).isPresent();
    }

    @Test
    void aLostRequestIsNotAppliedAndALostReplyIsAndBothAreUnknown() {
        faults.next(Operation.COMMIT, Fault.REQUEST_LOST);
        assertThatThrownBy(() -> put(Write.put(KEY, VALUE))).isInstanceOf(OutcomeUnknownException.class);
        assertThat(backend.read(KEY, soon())).isEmpty();

        faults.next(Operation.COMMIT, Fault.REPLY_LOST);
        assertThatThrownBy(() -> put(Write.put(KEY, VALUE))).isInstanceOf(OutcomeUnknownException.class);
        assertThat(backend.read(KEY, soon())).isPresent();
    }

    @Test
    void aLostReadIsKnownToHaveChangedNothing() {
        faults.next(Operation.READ, Fault.REPLY_LOST);

        assertThatThrownBy(() -> backend.read(KEY, soon())).isInstanceOf(ClusterUnavailableException.class);
    }

    @Test
    void aNodeThatIsCutOffHearsNothingAndGetsASnapshotAndAGapWhenItIsBack() {
        Seen seen = new Seen();
        backend.watch("d", seen);
        backend.subscribe("c", seen);
        timeline.runUntilIdle();

        faults.cut();
        other.commit(Transaction.builder().write(Write.put(KEY, VALUE)).build(), soon());
        other.publish("c", VALUE, soon());
        timeline.advance(ofSeconds(1));
        assertThatThrownBy(() -> backend.read(KEY, soon())).isInstanceOf(ClusterUnavailableException.class);
        assertThat(seen.calls).containsExactly("snapshot []");
        faults.heal();
        timeline.runUntilIdle();

        assertThat(seen.calls).containsExactlyInAnyOrder("snapshot []", "snapshot [k]", "gap");
    }

    @Test
    void silentWatchesTellOnceWhatChangedWhenTheyResume() {
        Seen seen = new Seen();
        backend.watch("d", seen);
        timeline.runUntilIdle();

        faults.silenceWatches();
        put(Write.put(KEY, VALUE));
        put(Write.put(KEY, VALUE));
        timeline.advance(ofSeconds(1));
        assertThat(seen.calls).containsExactly("snapshot []");
        faults.resumeWatches();
        timeline.runUntilIdle();

        assertThat(seen.calls).containsExactly("snapshot []", "k");
    }

    @Test
    void aLateDeliveryTellsWhatWasReadThenAndANewerStateFollows() {
        Seen seen = new Seen();
        faults.plan(new FaultPlan() {
            @Override
            public Fault before(Operation operation) {
                return Fault.NONE;
            }

            @Override
            public Delivery delivery() {
                return new Delivery(ofSeconds(1), Delivery.Form.TWICE);
            }
        });
        put(Write.put(KEY, VALUE));
        backend.watch("d", seen);
        timeline.runUntilIdle();

        put(Write.delete(KEY));
        timeline.advance(ofSeconds(2));

        assertThat(seen.calls).containsExactly("snapshot [k]", "snapshot [k]", "k gone", "k gone");
    }

    @Test
    void aPlanMayStallTheNodeBetweenSendingAndApplying() {
        BackendSession session = backend.openSession(ofSeconds(2), soon());
        faults.plan(operation -> {
            if (operation == Operation.COMMIT) {
                timeline.node("n").stall(ofSeconds(3));
            }
            return Fault.NONE;
        });

        assertThatThrownBy(() -> backend.commit(
                        Transaction.builder()
                                .write(Write.bind(KEY, VALUE, session))
                                .build(),
                        within(ofSeconds(10))))
                .isInstanceOf(SessionLostException.class);
    }

    @Test
    void aWipedCoordinatorIsAnotherOneWithNothingInIt() {
        BackendSession session = backend.openSession(ofSeconds(2), soon());
        put(Write.put(KEY, VALUE));
        String identity = backend.identity(soon());

        coordinator.wipe();

        assertThat(backend.identity(soon())).isNotEqualTo(identity);
        assertThat(backend.read(KEY, soon())).isEmpty();
        assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(SessionLostException.class);
    }

    @Test
    void aStoppedCoordinatorComesBackWithItsDataAndFreshSessions() {
        BackendSession session = backend.openSession(ofSeconds(2), soon());
        bind(session);
        Seen seen = new Seen();
        other.watch("d", seen);
        timeline.runUntilIdle();

        coordinator.stop();
        timeline.advance(ofSeconds(10));
        assertThatThrownBy(() -> session.renew(soon())).isInstanceOf(ClusterUnavailableException.class);
        coordinator.start();
        timeline.advance(ofMillis(1_999));
        assertThat(other.read(KEY, soon())).isPresent();
        timeline.advance(ofMillis(1));

        assertThat(other.read(KEY, soon())).isEmpty();
        assertThat(seen.calls).containsExactly("snapshot [k]", "snapshot [k]", "k gone");
    }

    @Test
    void expiredSessionsAreGoneAtOnce() {
        BackendSession session = backend.openSession(ofSeconds(2), soon());
        bind(session);

        faults.expireSessions();

        assertThat(other.read(KEY, soon())).isEmpty();
        assertThat(coordinator.liveSessions()).isEmpty();
    }

    @Test
    void overwritingABoundEntryIsAnErrorOfTheCaller() {
        bind(backend.openSession(ofSeconds(2), soon()));

        assertThatThrownBy(() -> put(Write.put(KEY, VALUE))).isInstanceOf(IllegalArgumentException.class);
        assertThat(other.read(KEY, soon()).flatMap(Entry::session)).isPresent();
    }

    @Test
    void clustersOfOneNameMeetAndTheirCoordinatorGoesWithTheLastOfThem() {
        LocalConfig config = LocalConfig.named("shared");
        Backend first = config.open("a", timeline.node("x"));
        Backend second = config.open("a", timeline.node("y"));
        Backend elsewhere = config.open("b", timeline.node("y"));
        first.commit(Transaction.builder().write(Write.put(KEY, VALUE)).build(), soon());

        assertThat(second.read(KEY, soon())).isPresent();
        assertThat(elsewhere.read(KEY, soon())).isEmpty();
        first.close();
        second.close();
        assertThat(elsewhere.identity(soon())).isNotEmpty();
        elsewhere.close();
        try (Backend later = config.open("a", timeline)) {
            assertThat(later.read(KEY, soon())).isEmpty();
        }
    }

    private void bind(BackendSession session) {
        put(Write.bind(KEY, VALUE, session));
    }

    private void put(Write write) {
        CommitResult result = backend.commit(Transaction.builder().write(write).build(), soon());
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
    }

    private Deadline soon() {
        return within(ofSeconds(1));
    }

    private Deadline within(Duration timeout) {
        return Deadline.after(timeout, timeline.ticker());
    }

    private static final class Seen implements WatchListener, ChannelListener {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void onSnapshot(List<Entry> children) {
            calls.add("snapshot "
                    + children.stream().map(entry -> entry.key().name()).toList());
        }

        @Override
        public void onChanges(List<Change> changes) {
            changes.forEach(
                    change -> calls.add(change.key().name() + (change.entry().isPresent() ? "" : " gone")));
        }

        @Override
        public void onMessage(byte[] message) {
            calls.add("message");
        }

        @Override
        public void onGap() {
            calls.add("gap");
        }
    }
}
