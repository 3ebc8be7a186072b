package io.muster.cluster.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.testkit.linearizability.Ownership.Busy;
import io.muster.cluster.testkit.linearizability.Ownership.Confirmed;
import io.muster.cluster.testkit.linearizability.Ownership.Ended;
import io.muster.cluster.testkit.linearizability.Ownership.Hold;
import io.muster.cluster.testkit.linearizability.Ownership.PerhapsEnded;
import io.muster.cluster.testkit.linearizability.Ownership.Refused;
import io.muster.cluster.testkit.linearizability.Ownership.Released;
import io.muster.cluster.testkit.linearizability.Ownership.Seen;
import io.muster.cluster.testkit.linearizability.Ownership.Taken;
import io.muster.cluster.testkit.linearizability.Ownership.TakenPerhaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the owners of one thing may and may not be told. */
class OwnershipModelTest {
    private final List<Operation<Ownership>> history = new ArrayList<>();

    @Test
    void ownersFollowEachOtherWithGrowingTokens() {
        known(0, 1, new Taken("a", 5));
        known(2, 3, new Busy("a"));
        known(4, 5, new Confirmed(5));
        known(6, 7, new Released(5));
        known(8, 9, new Seen(Optional.empty()));
        known(10, 11, new Taken("b", 6));
        known(12, 13, new Seen(Optional.of(new Hold("b", 6))));

        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void aTokenThatDoesNotGrowIsRefused() {
        known(0, 1, new Taken("a", 5));
        known(2, 3, new Released(5));
        known(4, 5, new Taken("b", 5));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void tokensOfThoseWhoOverlapGrowInSomeOrder() {
        known(0, 10, new Taken("a", 6));
        known(0, 10, new Taken("b", 5));
        known(0, 10, new Released(5));

        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void twoHoldersAtOnceAreRefused() {
        known(0, 1, new Taken("a", 5));
        known(2, 3, new Taken("b", 6));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void aHoldMayHaveEndedByItselfFromTheMomentItsEndIsAllowed() {
        known(0, 1, new Taken("a", 5));
        perhaps(2, new Ended(5));
        known(3, 4, new Taken("b", 6));

        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void aHoldDoesNotEndWhileItIsPromised() {
        known(0, 1, new Taken("a", 5));
        known(3, 4, new Taken("b", 6));
        perhaps(5, new Ended(5));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void whoIsToldThatItHoldsStillDoes() {
        known(0, 1, new Taken("a", 5));
        perhaps(0, new Ended(5));
        known(2, 3, new Taken("b", 6));
        known(4, 5, new Confirmed(5));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void aStaleReleaseThatIsToldToHaveReleasedIsRefused() {
        known(0, 1, new Taken("a", 5));
        perhaps(0, new Ended(5));
        known(2, 3, new Taken("b", 6));
        known(4, 5, new Released(5));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void aStaleReleaseThatReleasedWhatIsAnothersIsRefused() {
        known(0, 1, new Taken("a", 5));
        perhaps(0, new Ended(5));
        known(2, 3, new Taken("b", 6));
        known(4, 5, new Refused(5));
        known(6, 7, new Taken("c", 7));
        known(8, 9, new Confirmed(6));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void aHolderIsNotRefusedBeforeItsHoldMayEnd() {
        known(0, 1, new Taken("a", 5));
        known(2, 3, new Refused(5));
        perhaps(4, new Ended(5));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void anUnansweredAttemptMayHoldAndEndLater() {
        perhaps(0, new TakenPerhaps("a"));
        perhaps(0, new PerhapsEnded("a"));
        known(2, 3, new Taken("b", 5));
        known(4, 5, new Released(5));
        known(6, 7, new Busy("a"));
        known(8, 9, new Taken("b", 6));

        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void anAttemptHoldsOnceOnly() {
        perhaps(0, new TakenPerhaps("a"));
        perhaps(0, new PerhapsEnded("a"));
        known(2, 3, new Busy("a"));
        known(4, 5, new Taken("b", 6));
        known(6, 7, new Released(6));
        known(8, 9, new Busy("a"));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void ofTwoUnansweredAttemptsEachMayHoldOnce() {
        perhaps(0, new TakenPerhaps("a"));
        perhaps(0, new PerhapsEnded("a"));
        perhaps(5, new TakenPerhaps("a"));
        perhaps(5, new PerhapsEnded("a"));
        known(2, 3, new Busy("a"));
        known(4, 5, new Taken("b", 6));
        known(6, 7, new Released(6));
        known(8, 9, new Busy("a"));

        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void anUnansweredAttemptDoesNotHoldBeforeItWasCalled() {
        known(0, 1, new Busy("a"));
        perhaps(2, new TakenPerhaps("a"));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void nobodyIsBusyWithoutAHolder() {
        known(0, 1, new Busy("a"));

        assertThat(isLinearizable()).isFalse();
    }

    @Test
    void aReadShowsTheHolderOfItsTime() {
        known(0, 1, new Taken("a", 5));
        known(2, 3, new Seen(Optional.empty()));

        assertThat(isLinearizable()).isFalse();
    }

    private void known(long called, long returned, Ownership content) {
        history.add(Operation.known("k", "c", content, called, returned));
    }

    private void perhaps(long called, Ownership content) {
        history.add(Operation.perhaps("k", "c", content, called));
    }

    private boolean isLinearizable() {
        return new LinearizabilityChecker<>(new OwnershipModel()).check(history) instanceof Verdict.Linearizable;
    }
}
