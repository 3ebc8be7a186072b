package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Leader;
import io.muster.queue.store.Fence;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoredJob;
import io.muster.servers.ServerKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What happens to three nodes when one of them, or their coordinator, is disturbed. Whatever it is, every pushed job is settled once and none is lost; how long
 * things took is printed, and asserted where a bar is set.
 */
abstract class FaultScenarios extends OnThreeNodes {
    private static final Duration HAND_OVER = Duration.ofMillis(500);
    private static final int MEASUREMENTS = 3;

    FaultScenarios(ServerKind kind) {
        this(kind, StoreKind.OF_COORDINATOR);
    }

    FaultScenarios(ServerKind kind, StoreKind store, String... more) {
        super(kind, store, more);
    }

    @Test
    @Tag("K2")
    void jobsOfKilledWorkerRunElsewhere() {
        NodeProcess worker = nodes.workingNode();
        String incarnation = nodes.incarnationOf(worker);
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(worker, batch.jobs(), 2);
        long killed = System.nanoTime();
        worker.kill();
        Duration reclaimed = nodes.awaitReclaimed(incarnation, killed);
        String accounts = batch.settledOnce();
        tell("kill -9 of a worker: reclaimed after %s ms; %s".formatted(reclaimed.toMillis(), accounts));
        assertThat(reclaimed).isLessThanOrEqualTo(bar());
    }

    @Test
    @Tag("C4")
    void anotherLeadsAfterTheLeaderWasKilled() {
        Leader former = nodes.leader();
        NodeProcess leading = nodes.leadingNode();
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(leading, batch.jobs(), 1);
        long killed = System.nanoTime();
        leading.kill();
        Duration led = nodes.awaitLeaderOtherThan(former, killed);
        Duration reclaimed = nodes.awaitReclaimed(former.node().incarnation(), killed);
        String accounts = batch.settledOnce();
        tell("kill -9 of the leader: new leader after %s ms, reclaimed after %s ms; %s"
                .formatted(led.toMillis(), reclaimed.toMillis(), accounts));
        assertThat(led).isLessThanOrEqualTo(bar());
    }

    @Test
    @Tag("C11")
    void nothingIsWrittenUnderTheTermOfPausedLeader() {
        Leader former = nodes.leader();
        NodeProcess leading = nodes.leadingNode();
        Fence old = nodes.fence(former);
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(leading, batch.jobs(), 1);
        long frozen = System.nanoTime();
        leading.freeze();
        Duration led = nodes.awaitLeaderOtherThan(former, frozen);
        nodes.awaitReclaimed(former.node().incarnation(), frozen);
        assertIsRefused(old);
        leading.thaw();
        nodes.awaitRejoined(leading, former.node().incarnation());
        leading.awaitLog(line -> line.contains("No longer leading") && line.contains("term=" + former.term() + " "));
        assertIsRefused(old);
        assertThat(nodes.leader().term()).isGreaterThan(former.term());
        tell("SIGSTOP of the leader: new leader after %s ms, its old term %d is refused; %s"
                .formatted(led.toMillis(), former.term(), batch.settledOnce()));
        assertThat(led).isLessThanOrEqualTo(bar());
    }

    private void assertIsRefused(Fence old) {
        assertThatThrownBy(() -> nodes.client().store().leader().install(old)).isInstanceOf(StaleFenceException.class);
    }

    @Test
    @Tag("J12")
    void pausedWorkerSettlesNothingAndIsNotACrash() {
        NodeProcess worker = nodes.workingNode();
        String incarnation = nodes.incarnationOf(worker);
        Batch batch = new Batch(nodes).push(12, Duration.ofSeconds(3));
        nodes.awaitRunning(worker, batch.jobs(), 4);
        long frozen = System.nanoTime();
        worker.freeze();
        Duration reclaimed = nodes.awaitReclaimed(incarnation, frozen);
        List<String> crashed = batch.jobs().stream()
                .filter(job -> find(job)
                        .filter(found -> found.counters().crashes() > 0)
                        .isPresent())
                .toList();
        long sessions = worker.logged("Session opened");
        worker.thaw();
        nodes.awaitRejoined(worker, incarnation);
        worker.awaitLog(line -> line.contains("Session lost") && line.contains(incarnation));
        ThreeNodes.eventually(() -> crashed.stream().allMatch(job -> find(job)
                .filter(found -> found.state() != JobState.COMPLETED)
                .map(found -> found.counters().crashes() == 0)
                .orElse(true)));
        String accounts = batch.settledOnce();
        assertThat(worker.logged("Session opened")).as("sessions").isEqualTo(sessions + 1);
        assertThat(crashed).as("jobs that had counted a crash").isNotEmpty();
        assertThat(worker.lines().stream()
                        .filter(line -> crashed.contains(line.job()) && line.kind() == Line.Kind.BEGAN))
                .isNotEmpty();
        tell("SIGSTOP of a worker: reclaimed after %s ms, %d crashes taken back; %s"
                .formatted(reclaimed.toMillis(), crashed.size(), accounts));
    }

    private Optional<StoredJob> find(String job) {
        return ThreeNodes.ask(() -> nodes.client().find(job));
    }

    @Test
    @Tag("C12")
    void restartOfTheServerLosesNothing() {
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(nodes.workingNode(), batch.jobs(), 1);
        long stopped = System.nanoTime();
        nodes.server().restart();
        Duration down = Duration.ofNanos(System.nanoTime() - stopped);
        batch.pushStubbornly(10, SHORT);
        tell("restart of the server: away for %s ms; %s".formatted(down.toMillis(), batch.settledOnce()));
    }

    /** Every session is over when the server is back, or is found over soon after: nobody is left out. */
    @Test
    @Tag("C12")
    void outageLongerThanEverySessionLosesNothing() {
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(nodes.workingNode(), batch.jobs(), 1);
        nodes.server().stop();
        pause(ttl.multipliedBy(3));
        nodes.server().restart();
        batch.pushStubbornly(10, SHORT);
        String accounts = batch.settledOnce();
        nodes.ensureWhole();
        Batch after = new Batch(nodes).push(JOBS, SHORT);
        nodes.all().forEach(node -> nodes.awaitRunning(node, after.jobs(), 1));
        tell("outage of three TTLs: %s; then every node worked: %s".formatted(accounts, after.settledOnce()));
    }

    @Test
    @Tag("C12")
    void shortCutOfTheConnectionEndsNoSession() {
        boolean kept = false;
        for (int i = 0; i < MEASUREMENTS && !kept; i++) {
            nodes.ensureWhole();
            String incarnation = nodes.incarnationOf(nodes.proxied());
            Batch batch = new Batch(nodes).pushUntilOneRuns(nodes.proxied(), JOBS, SHORT);
            nodes.proxy().cut();
            pause(ttl.dividedBy(5));
            nodes.proxy().heal();
            String accounts = batch.settledOnce();
            kept = nodes.member(nodes.proxied())
                    .filter(member -> member.id().incarnation().equals(incarnation))
                    .isPresent();
            tell("cut of %s ms: session %s; %s"
                    .formatted(ttl.dividedBy(5).toMillis(), kept ? "kept" : "lost", accounts));
        }
        assertThat(kept).as("the session outlives a cut of a fifth of its TTL").isTrue();
    }

    @Test
    @Tag("C12")
    void nodeRejoinsAfterItsPacketsWereLostForLong() {
        String incarnation = nodes.incarnationOf(nodes.proxied());
        Batch batch = new Batch(nodes).pushUntilOneRuns(nodes.proxied(), JOBS, SHORT);
        long lost = System.nanoTime();
        nodes.proxy().blackhole();
        Duration reclaimed = nodes.awaitReclaimed(incarnation, lost);
        pause(ttl.dividedBy(2));
        nodes.proxy().heal();
        nodes.awaitRejoined(nodes.proxied(), incarnation);
        tell("packets lost for longer than the TTL: reclaimed after %s ms; %s"
                .formatted(reclaimed.toMillis(), batch.settledOnce()));
        assertThat(reclaimed).isLessThanOrEqualTo(bar());
    }

    @Test
    @Tag("C12")
    void lostRepliesSettleNothingTwice() {
        Batch batch = new Batch(nodes).pushUntilOneRuns(nodes.proxied(), JOBS, SHORT);
        for (int i = 0; i < 3; i++) {
            nodes.proxy().swallowReplies();
            pause(ttl.dividedBy(4));
            nodes.proxy().heal();
            pause(ttl.dividedBy(4));
        }
        tell("lost replies: " + batch.settledOnce());
    }

    @Test
    @Tag("C4")
    void leaderThatStopsHandsOver() {
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < MEASUREMENTS && best.compareTo(HAND_OVER) > 0; i++) {
            nodes.ensureWhole();
            Leader former = nodes.leader();
            NodeProcess leading = nodes.leadingNode();
            Batch batch = new Batch(nodes).push(3, Duration.ofSeconds(4)).push(JOBS / 2, SHORT);
            nodes.awaitRunning(leading, batch.jobs(), 1);
            long asked = System.nanoTime();
            leading.terminate();
            Duration led = nodes.awaitLeaderOtherThan(former, asked);
            best = led.compareTo(best) < 0 ? led : best;
            leading.awaitExit();
            String accounts = batch.settledOnce();
            assertThat(batch.lines())
                    .filteredOn(line -> line.kind() == Line.Kind.BEGAN)
                    .allMatch(line -> line.attempt() == 1 && line.crashes() == 0);
            tell("graceful stop of the leader: handed over after %s ms; %s".formatted(led.toMillis(), accounts));
        }
        assertThat(best).isLessThanOrEqualTo(HAND_OVER);
    }
}
