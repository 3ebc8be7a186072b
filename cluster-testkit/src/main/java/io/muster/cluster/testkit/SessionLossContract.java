package io.muster.cluster.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterException;
import io.muster.cluster.Lock;
import io.muster.cluster.NodeId;
import io.muster.cluster.Registration;
import io.muster.cluster.Release;
import io.muster.cluster.SessionStatus;
import io.muster.cluster.SessionStatus.State;
import io.muster.cluster.testkit.LeadershipRecorder.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a process may believe of its session, and what becomes of it without one. */
public interface SessionLossContract extends Contract {
    @Test
    @Tag("C12")
    default void anOpenClusterHasAnActiveSessionOfTheTtlThatWasGranted(Bench bench) {
        Cluster cluster = bench.cluster("a");
        List<String> states = states(cluster);

        SessionStatus status = cluster.session();

        assertThat(status.isActive()).isTrue();
        assertThat(status.id()).isNotEmpty();
        assertThat(status.effectiveTtl()).isGreaterThanOrEqualTo(bench.ttl());
        assertThat(status.trustedFor()).isPositive().isLessThan(status.effectiveTtl());
        bench.promptly().until(() -> states.equals(List.of(state(cluster.self(), State.ACTIVE))));
        assertThat(bench.cluster("a").self()).isNotEqualTo(cluster.self());
    }

    @Test
    @Tag("C12")
    default void aProcessThatIsCutOffIsSuspectThenLostThenANewIncarnation(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        NodeId before = victim.self();
        String sessionBefore = victim.session().id();
        List<String> states = states(victim);
        bench.promptly().until(() -> !states.isEmpty());

        bench.faults().cut();
        bench.untilExpiry().until(() -> victim.session().state() == State.LOST);
        assertThat(victim.session().trustedFor()).isZero();
        bench.faults().heal();
        bench.untilRecovery().until(() -> victim.session().isActive());

        assertThat(victim.self().name()).isEqualTo("victim");
        assertThat(victim.self()).isNotEqualTo(before);
        assertThat(victim.session().id()).isNotEqualTo(sessionBefore);
        bench.promptly()
                .until(() -> states.equals(List.of(
                        state(before, State.ACTIVE),
                        state(before, State.SUSPECT),
                        state(before, State.LOST),
                        state(victim.self(), State.ACTIVE))));
    }

    @Test
    @Tag("C12")
    default void aProcessStopsBelievingBeforeOthersSeeItGo(Bench bench) {
        Cluster observer = bench.cluster("observer");
        Cluster victim = bench.clusterThroughProxy("victim");
        victim.register(Registration.of("victim", 1));

        bench.faults().blackhole();
        bench.untilExpiry().until(() -> observer.nodes().isEmpty());
        State believed = victim.session().state();

        if (bench.backend().capabilities().minimumSessionLife()) {
            assertThat(believed).isEqualTo(State.LOST);
        }
        bench.untilExpiry().until(() -> victim.session().state() == State.LOST);
        bench.faults().heal();
        bench.untilRecovery().until(() -> observer.nodes().size() == 1);
    }

    @Test
    @Tag("C12")
    default void aShortSilenceCostsNothing(Bench bench) {
        Cluster victim = bench.patientClusterThroughProxy("victim");
        NodeId before = victim.self();
        Lock lock = victim.tryLock("k", Duration.ofMinutes(5)).held().orElseThrow();

        bench.faults().cut();
        bench.faults().heal();
        long trustEnd = trustEndNanos(bench, victim);
        Duration later = Duration.ofMillis(50);
        bench.untilRecovery()
                .until(() -> victim.session().isActive() && trustEndNanos(bench, victim) - trustEnd > later.toNanos());

        assertThat(victim.self()).isEqualTo(before);
        assertThat(lock.isHeld()).isTrue();
        assertThat(lock.release()).isEqualTo(Release.RELEASED);
    }

    @Test
    @Tag("C12")
    default void whoRejoinsIsANewIncarnationThatRegistersAndCampaignsAgain(Bench bench) {
        Cluster cluster = bench.cluster("a");
        cluster.register(Registration.of("a", 1));
        LeadershipRecorder recorder = new LeadershipRecorder("a", new Story());
        bench.atEnd(cluster.campaign("g", recorder)::close);
        Lock lock = cluster.tryLock("k", Duration.ofMinutes(5)).held().orElseThrow();
        NodeId before = cluster.self();
        bench.promptly().until(recorder::leads);
        Cluster observer = bench.cluster("observer");

        cluster.rejoin();

        bench.promptly().until(() -> recorder.terms().size() == 2 && recorder.leads());
        assertThat(cluster.self()).isNotEqualTo(before);
        assertThat(lock.isHeld()).isFalse();
        assertThat(observer.tryLock("k", Duration.ofMinutes(5)).held()).isPresent();
        bench.promptly().until(() -> observer.nodes().stream()
                .map(node -> node.id())
                .toList()
                .equals(List.of(cluster.self())));
        assertThat(observer.leader("g").map(leader -> leader.node())).isEqualTo(Optional.of(cluster.self()));
        assertThat(recorder.errors()).isEmpty();
    }

    @Test
    @Tag("C12")
    default void everyCallIntoASilentNetworkEndsByTheCallTimeout(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        victim.register(Registration.of("victim", 1));
        Duration ttl = Duration.ofMinutes(5);
        Map<String, Runnable> calls = new LinkedHashMap<>();
        calls.put("nodes", victim::nodes);
        calls.put("leader", () -> victim.leader("g"));
        calls.put("tryLock", () -> victim.tryLock("k", ttl));
        calls.put("awaitLock", () -> victim.awaitLock("k", ttl, Duration.ofMillis(100)));
        calls.put("tryLease", () -> victim.tryLease("k", ttl));
        calls.put("broadcast", () -> victim.broadcast("c", Bench.bytes("x")));
        calls.put("unregister", victim::unregister);
        calls.put("session", victim::session);

        bench.faults().blackhole();
        List<CompletableFuture<String>> ended = new ArrayList<>();
        calls.forEach((name, call) -> ended.add(bench.beside(() -> {
            bench.timed(Bench.CALL_TIMEOUT.plusSeconds(1), () -> ignoringUnavailability(call));
            return name;
        })));

        assertThat(ended.stream().map(CompletableFuture::join)).containsExactlyElementsOf(calls.keySet());
    }

    @Test
    @Tag("C12")
    default void closingEndsWithinFiveSecondsEvenInASilentNetwork(Bench bench) {
        Cluster victim = bench.clusterThroughProxy("victim");
        victim.register(Registration.of("victim", 1));
        bench.atEnd(victim.campaign("g", new LeadershipRecorder("victim", new Story()))::close);
        bench.promptly().until(() -> victim.leader("g").isPresent());
        Cluster observer = bench.cluster("observer");

        bench.faults().blackhole();
        bench.timed(Duration.ofSeconds(6), victim::close);
        bench.faults().heal();

        bench.untilExpiry().until(() -> observer.nodes().isEmpty());
        bench.untilExpiry().until(() -> observer.leader("g").isEmpty());
    }

    @Test
    @Tag("C12")
    default void aClosedClusterSaysSoAndRefusesCalls(Bench bench) {
        Cluster cluster = bench.cluster("a");
        List<String> states = states(cluster);
        bench.promptly().until(() -> !states.isEmpty());

        cluster.close();
        cluster.close();

        assertThat(cluster.session().state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(cluster::nodes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cluster.tryLock("k", Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
        assertThat(states).isEqualTo(List.of(state(cluster.self(), State.ACTIVE), state(cluster.self(), State.CLOSED)));
    }

    private static long trustEndNanos(Bench bench, Cluster cluster) {
        return bench.timeline().ticker().nanos()
                + cluster.session().trustedFor().toNanos();
    }

    private static void ignoringUnavailability(Runnable call) {
        try {
            call.run();
        } catch (ClusterException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    private static List<String> states(Cluster cluster) {
        List<String> states = new CopyOnWriteArrayList<>();
        cluster.onSession((node, status) -> states.add(state(node, status.state())));
        return states;
    }

    private static String state(NodeId node, State state) {
        return node + " " + state;
    }
}
