package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.Lease;
import io.muster.cluster.LeaseAttempt;
import io.muster.cluster.LeaseToken;
import io.muster.cluster.NodeId;
import io.muster.cluster.Release;
import io.muster.cluster.Renewal;
import io.muster.cluster.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds that belong to whoever has the token, and end by their TTL only. */
public interface LeaseContract extends Contract {
    /** Longer than any test. */
    Duration LONG = Duration.ofMinutes(5);

    @Test
    @Tag("C3")
    default void aFreeLeaseIsHeldAndBusyForOthersWhoLearnByWhom(Bench bench) {
        Cluster first = bench.cluster("a");

        Lease lease = held(first.tryLease("k", LONG));

        assertThat(lease.key()).isEqualTo("k");
        assertThat(lease.effectiveTtl()).isGreaterThanOrEqualTo(LONG);
        assertThat(bench.cluster("b").tryLease("k", LONG)).isEqualTo(new LeaseAttempt.Busy(first.self()));
        assertThat(first.tryLease("k", LONG)).isEqualTo(new LeaseAttempt.Busy(first.self()));
        assertThat(held(first.tryLease("other", LONG)).fencingToken()).isGreaterThan(lease.fencingToken());
    }

    @Test
    @Tag("C3")
    default void whoFindsALeaseBusyReadsItsNoteOverRenewalsToo(Bench bench) {
        Cluster first = bench.cluster("a");
        Cluster second = bench.cluster("b");

        Lease lease = held(first.tryLease("k", LONG, "for job 7, ä"));

        assertThat(second.tryLease("k", LONG)).isEqualTo(new LeaseAttempt.Busy(first.self(), "for job 7, ä"));
        assertThat(second.lease(lease.token()).renew()).isEqualTo(Renewal.RENEWED);
        assertThat(second.tryLease("k", LONG, "mine")).isEqualTo(new LeaseAttempt.Busy(first.self(), "for job 7, ä"));
        assertThat(lease.release()).isEqualTo(Release.RELEASED);
        assertThatThrownBy(() -> first.tryLease("k", LONG, "x".repeat(251)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("250");
        assertThat(second.tryLease("k", LONG, "mine").held()).isPresent();
    }

    @Test
    @Tag("C3")
    default void whoeverHasTheTokenMayRenewAndRelease(Bench bench) {
        Lease lease = held(bench.cluster("a").tryLease("k ü/%", LONG));
        Cluster other = bench.cluster("b");

        Lease handed = other.lease(new LeaseToken(lease.token().text()));

        assertThat(handed.key()).isEqualTo("k ü/%");
        assertThat(handed.fencingToken()).isEqualTo(lease.fencingToken());
        assertThat(handed.effectiveTtl()).isEqualTo(lease.effectiveTtl());
        assertThat(handed.renew()).isEqualTo(Renewal.RENEWED);
        assertThat(lease.renew()).isEqualTo(Renewal.RENEWED);
        assertThat(handed.release()).isEqualTo(Release.RELEASED);
        assertThat(lease.renew()).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lease.release()).isEqualTo(Release.NOT_OWNER);
    }

    @Test
    @Tag("C3")
    default void aReleasedLeaseIsFreeForOthersWithALargerToken(Bench bench) {
        List<Cluster> clusters = List.of(bench.cluster("a"), bench.cluster("b"));
        List<Long> tokens = new ArrayList<>();

        for (int i = 0; i < Bench.count(6, 300); i++) {
            Lease lease = held(clusters.get(i % 2).tryLease("k", LONG));
            tokens.add(lease.fencingToken());
            assertThat(lease.release()).isEqualTo(Release.RELEASED);
        }

        assertThat(tokens).doesNotHaveDuplicates().isSorted();
    }

    @Test
    @Tag("C3")
    default void aLeaseOutlivesTheProcessThatTookIt(Bench bench) {
        Cluster leaving = bench.cluster("a");
        NodeId taker = leaving.self();
        Lease lease = held(leaving.tryLease("k", LONG));
        Cluster other = bench.cluster("b");

        leaving.close();

        assertThat(other.tryLease("k", LONG)).isEqualTo(new LeaseAttempt.Busy(taker));
        Lease handed = other.lease(lease.token());
        assertThat(handed.renew()).isEqualTo(Renewal.RENEWED);
        assertThat(handed.release()).isEqualTo(Release.RELEASED);
        assertThat(other.tryLease("k", LONG)).isInstanceOf(LeaseAttempt.Held.class);
    }

    @Test
    @Tag("C3")
    default void aLeaseOutlivesTheSessionOfItsTaker(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Lease lease = held(cluster.tryLease("k", LONG));
        NodeId before = cluster.self();

        cluster.rejoin();
        bench.promptly().until(() -> !cluster.self().equals(before));

        assertThat(lease.renew()).isEqualTo(Renewal.RENEWED);
    }

    @Test
    @Tag("C3")
    default void aLeaseThatIsNotRenewedEndsAndItsTokenChangesNothingAnyMore(Bench bench) {
        Cluster other = bench.cluster("b");
        Ticker ticker = bench.timeline().ticker();
        Duration asked = Duration.ofSeconds(1);
        long begun = ticker.nanos();
        Lease lease = held(bench.cluster("a").tryLease("k", asked));
        Duration ttl = lease.effectiveTtl();
        long taken = ticker.nanos();

        Lease next = taken(bench, other, "k", ttl);

        Duration most = ttl.multipliedBy(2)
                .plus(bench.backend().capabilities().expirySlack())
                .plusSeconds(1);
        assertThat(Duration.ofNanos(ticker.nanos() - begun)).isGreaterThanOrEqualTo(ttl);
        assertThat(Duration.ofNanos(ticker.nanos() - taken)).isLessThanOrEqualTo(most);
        assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
        assertThat(lease.renew()).isEqualTo(Renewal.NOT_OWNER);
        assertThat(lease.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(next.renew()).isEqualTo(Renewal.RENEWED);
    }

    @Test
    @Tag("C3")
    default void aRenewedLeaseOutlivesItsFirstTtl(Bench bench) {
        Cluster other = bench.cluster("b");
        Lease lease = held(bench.cluster("a").tryLease("k", Duration.ofSeconds(1)));
        Ticker ticker = bench.timeline().ticker();
        long begun = ticker.nanos();
        Duration life = lease.effectiveTtl().multipliedBy(2);

        bench.waiting(LONG).pollInterval(lease.effectiveTtl().dividedBy(5)).until(() -> {
            assertThat(lease.renew()).isEqualTo(Renewal.RENEWED);
            assertThat(other.tryLease("k", LONG)).isInstanceOf(LeaseAttempt.Busy.class);
            return ticker.nanos() - begun > life.toNanos();
        });
    }

    @Test
    @Tag("C3")
    default void aStaleTokenIsOfNoUseAgainstTheNextHolder(Bench bench) {
        Cluster first = bench.cluster("a");
        Cluster second = bench.cluster("b");
        Lease old = held(first.tryLease("k", LONG));
        old.release();
        Lease present = held(second.tryLease("k", LONG));

        Lease stale = first.lease(old.token());

        assertThat(stale.renew()).isEqualTo(Renewal.NOT_OWNER);
        assertThat(stale.release()).isEqualTo(Release.NOT_OWNER);
        assertThat(present.renew()).isEqualTo(Renewal.RENEWED);
        assertThat(first.tryLease("k", LONG)).isEqualTo(new LeaseAttempt.Busy(second.self()));
    }

    @Test
    @Tag("C3")
    default void aLeaseTakenInASilentNetworkIsUnknownOrRefusedInTime(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        Lease before = held(victim.tryLease("before", LONG));

        bench.faults().blackhole();
        bench.timed(Bench.CALL_TIMEOUT.plusSeconds(1), () -> assertThat(before.renew())
                .isEqualTo(Renewal.UNKNOWN));
        bench.faults().heal();

        bench.untilRecovery().until(() -> before.renew() == Renewal.RENEWED);
        assertThat(before.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    @Tag("C3")
    default void aTokenIsPlainTextShowsNothingOfItselfAndNonsenseIsRefused(Bench bench) {
        Cluster cluster = bench.cluster("a");
        Lease lease = held(cluster.tryLease("k", LONG));
        String text = lease.token().text();

        assertThat(text).matches("[!-~]{1,512}");
        assertThat(lease.token().toString()).doesNotContain(text);
        assertThat(lease.toString()).doesNotContain(text);
        assertThatThrownBy(() -> cluster.lease(new LeaseToken("nonsense")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Lease taken(Bench bench, Cluster cluster, String key, Duration ttl) {
        return bench.waiting(ttl.multipliedBy(10).plusSeconds(10))
                .until(() -> cluster.tryLease(key, LONG).held(), Optional::isPresent)
                .orElseThrow();
    }

    private static Lease held(LeaseAttempt attempt) {
        assertThat(attempt).isInstanceOf(LeaseAttempt.Held.class);
        return attempt.held().orElseThrow();
    }
}
