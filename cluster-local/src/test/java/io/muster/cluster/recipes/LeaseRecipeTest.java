package io.muster.cluster.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.local.FaultPlan.Fault;
import io.muster.cluster.local.FaultPlan.Operation;
import io.muster.cluster.local.LocalConfig;
import io.muster.cluster.local.ManualTimeline;
import io.muster.cluster.recipes.Cells.Cell;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("C3")
class LeaseRecipeTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private Cells cells = cells(true);
    private Cell a = cells.open("a");
    private Cell b = cells.open("b");

    private static Cells cells(boolean serverTtl) {
        return new Cells(
                ManualTimeline.ordered(), serverTtl ? LocalConfig.DEFAULT_CAPABILITIES : Cells.withoutWriteTtl());
    }

    private void on(boolean serverTtl) {
        cells = cells(serverTtl);
        a = cells.open("a");
        b = cells.open("b");
    }

    private static Lease taken(Cell cell) {
        return cell.cluster.tryLease("k", TTL).held().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLeaseOutlivesTheProcessThatTookItAndEndsByItsTtl(boolean serverTtl) {
        on(serverTtl);
        Lease lease = taken(a);
        LeaseAttempt busy = b.cluster.tryLease("k", TTL);
        assertThat(busy).isEqualTo(new LeaseAttempt.Busy(a.cluster.self()));

        a.kill();
        cells.advance(TTL.minusMillis(100));
        assertThat(b.cluster.tryLease("k", TTL).held()).isEmpty();
        cells.advance(Duration.ofMillis(300));

        Lease next = taken(b);
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherNodeRenewsAndReleasesByTheToken(boolean serverTtl) {
        on(serverTtl);
        Lease lease = taken(a);

        Lease handed = b.cluster.lease(new LeaseToken(lease.token().text()));
        assertThat(handed.key()).isEqualTo("k");
        assertThat(handed.fencingToken()).isEqualTo(lease.fencingToken());
        assertThat(handed.effectiveTtl()).isEqualTo(TTL);
        for (int i = 0; i < 5; i++) {
            cells.advance(Duration.ofSeconds(7));
            assertThat(handed.renew()).isEqualTo(Renewal.RENEWED);
            assertThat(b.cluster.tryLease("k", TTL)).isEqualTo(new LeaseAttempt.Busy(a.cluster.self()));
        }

        assertThat(handed.release()).isEqualTo(Release.RELEASED);
        assertThat(lease.renew()).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lease.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(taken(b).fencingToken()).isGreaterThan(lease.fencingToken());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStaleTokenChangesNothingAndSaysSo(boolean serverTtl) {
        on(serverTtl);
        Lease stale = taken(a);
        b.cluster.tryLease("k", TTL);
        cells.advance(TTL.plusSeconds(1));
        Lease newer = taken(b);

        assertThat(stale.renew()).isEqualTo(Renewal.NOT_OWNER);
        assertThat(stale.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(newer.renew()).isEqualTo(Renewal.RENEWED);
    }

    @Test
    void withoutServerTtlAFirstObserverWaitsAWholeTtl() {
        on(false);
        taken(a);
        cells.advance(TTL.multipliedBy(3));

        assertThat(b.cluster.tryLease("k", TTL).held()).isEmpty();
        cells.advance(TTL.minusSeconds(1));
        assertThat(b.cluster.tryLease("k", TTL).held()).isEmpty();
        cells.advance(Duration.ofMillis(1_200));

        assertThat(b.cluster.tryLease("k", TTL).held()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lostAnswersAreUnknown(boolean serverTtl) {
        on(serverTtl);
        a.faults.next(Operation.COMMIT, Fault.REPLY_LOST);
        assertThat(a.cluster.tryLease("other", TTL)).isInstanceOf(LeaseAttempt.Unknown.class);
        Lease lease = taken(a);

        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);
        assertThat(lease.renew()).isEqualTo(Renewal.UNKNOWN);
        a.faults.next(Operation.COMMIT, Fault.REQUEST_LOST);
        assertThat(lease.release()).isEqualTo(Release.UNKNOWN);

        assertThat(lease.renew()).isEqualTo(Renewal.RENEWED);
    }

    @Test
    void aTokenShowsNothingAndIsChecked() {
        on(true);
        Lease lease = a.cluster.tryLease("käse/1", TTL).held().orElseThrow();

        assertThat(lease.token().text()).isASCII();
        assertThat(lease.toString() + lease.token())
                .doesNotContain(lease.token().text());
        assertThat(b.cluster.lease(lease.token()).key()).isEqualTo("käse/1");
        assertThatThrownBy(() -> b.cluster.lease(new LeaseToken("v9:whatever")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("whatever");
    }
}
