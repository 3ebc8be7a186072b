package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Candidacy;
import io.muster.cluster.Lock;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.recipes.Cells.Cell;
import io.muster.cluster.spi.CommitResult.Committed;
import io.muster.cluster.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A write whose outcome was unknown may be applied long after, when nobody wants it any more. */
class LateWriteTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Cells cells = new Cells();
    private final List<LateWrites> network = new ArrayList<>();
    private final Cell a = cells.open("a", server -> {
        network.add(new LateWrites(server));
        return network.get(0);
    });
    private final Cell b = cells.open("b");
    private final LeadershipLog logA = new LeadershipLog();
    private final LeadershipLog logB = new LeadershipLog();

    private void arrive() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), cells.timeline.ticker());
        assertThat(network.get(0).arrive(deadline)).isInstanceOf(Committed.class);
    }

    @Test
    @Tag("C4")
    void aLateCampaignOfAnEarlierTermLeavesNoGroupWithoutALeader() {
        network.get(0).keepNext();
        Candidacy candidacy = a.cluster.campaign("g", logA);
        cells.until(logA::leads, Duration.ofSeconds(2));
        candidacy.resign();

        arrive();
        b.cluster.campaign("g", logB);
        cells.until(() -> logA.leads() || logB.leads(), Duration.ofSeconds(2));
        cells.advance(MINUTE);

        assertThat(logA.leads() ^ logB.leads()).isTrue();
    }

    @Test
    @Tag("C4")
    void aLateCampaignOfAClosedCandidacyIsGivenUp() {
        network.get(0).keepNext();
        Candidacy candidacy = a.cluster.campaign("g", logA);
        cells.timeline.runUntilIdle();
        candidacy.close();

        arrive();
        b.cluster.campaign("g", logB);
        cells.until(logB::leads, Duration.ofSeconds(2));

        cells.advance(MINUTE);
        assertThat(logA.leads()).isFalse();
        assertThat(logB.events).hasSize(1);
    }

    @Test
    @Tag("C2")
    void aLateLockReleasesItself() {
        network.get(0).keepNext();
        assertThat(a.cluster.tryLock("k", MINUTE)).isInstanceOf(LockAttempt.Unknown.class);
        cells.advance(Duration.ofSeconds(3));

        arrive();
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isEmpty();
        cells.advance(Duration.ofSeconds(3));

        assertThat(b.cluster.tryLock("k", MINUTE).held()).isPresent();
    }

    @Test
    @Tag("C2")
    void aLateReleaseDoesNotTouchTheNextHolder() {
        Lock lock = a.cluster.tryLock("k", MINUTE).held().orElseThrow();
        network.get(0).keepNext();
        lock.release();
        cells.advance(Duration.ofSeconds(1));
        Lock next = b.cluster.tryLock("k", MINUTE).held().orElseThrow();

        Deadline deadline = Deadline.after(Duration.ofSeconds(1), cells.timeline.ticker());
        assertThat(network.get(0).arrive(deadline)).isNotInstanceOf(Committed.class);

        assertThat(next.isHeld()).isTrue();
        assertThat(b.cluster.tryLock("k", MINUTE).held()).isEmpty();
    }
}
