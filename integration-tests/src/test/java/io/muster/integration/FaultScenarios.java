package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.cluster.Leader;
import io.muster.queue.store.Fence;
import io.muster.queue.store.JobState;
import io.muster.queue.store.StaleFenceException;
import io.muster.queue.store.StoredJob;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to three nodes on one coordinator. Whatever it is, every pushed job is settled once and none is lost; how long
 * things took is printed, and asserted where a bar is set.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FaultScenarios {
    private static final boolean FULL = Boolean.getBoolean("muster.full");
    private static final int JOBS = FULL ? 300 : 40;
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration AFTER_TTL = Duration.ofSeconds(1);
    private static final Duration HAND_OVER = Duration.ofMillis(500);
    private static final int MEASUREMENTS = 3;
    private static final Pattern TTL = Pattern.compile("Session opened .*ttl=(\\S+)");

    private final ServerKind kind;
    private LocalServer server;
    private Path folder;
    private ThreeNodes nodes;
    private Duration ttl = Duration.ZERO;

    /** A case that failed says what the nodes logged, and leaves them to nobody. */
    @RegisterExtension
    final AfterTestExecutionCallback afterFailure = context -> {
        if (context.getExecutionException().isPresent()) {
            try {
                nodes.tellTroubles();
            } finally {
                startNodes();
            }
        }
    };

    @SuppressWarnings("NullAway.Init") // JUnit calls findServer before each case
    FaultScenarios(ServerKind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void findServer(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path root) {
        Optional<LocalServer> found = SharedServers.get(kind);
        Assumptions.assumeTrue(found.isPresent(), kind + " is missing");
        server = found.get();
        folder = root;
        startNodes();
    }

    private void startNodes() {
        stopNodes();
        nodes = new ThreeNodes(
                server,
                newFolder(),
                List.of(
                        "muster.session-ttl=2s",
                        "muster.heartbeat-interval=1s",
                        "muster.worker-count=4",
                        "muster.shutdown-grace=1s"));
    }

    @BeforeEach
    void makeWhole() {
        nodes.ensureWhole();
        Matcher opened = TTL.matcher(
                nodes.all().get(0).awaitLog(line -> TTL.matcher(line).find()));
        assertThat(opened.find()).isTrue();
        ttl = Duration.parse(opened.group(1));
    }

    @AfterAll
    void stopNodes() {
        if (nodes != null) {
            nodes.close();
        }
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
            Batch batch = new Batch(nodes).push(JOBS, SHORT);
            nodes.awaitRunning(nodes.proxied(), batch.jobs(), 1);
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
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(nodes.proxied(), batch.jobs(), 1);
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
        Batch batch = new Batch(nodes).push(JOBS, SHORT);
        nodes.awaitRunning(nodes.proxied(), batch.jobs(), 1);
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

    /** Within a second of the TTL; ZooKeeper ends sessions in ticks, up to one of them later. */
    private Duration bar() {
        return ttl.plus(kind == ServerKind.ZOOKEEPER ? nodes.expirySlack() : AFTER_TTL);
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(folder, "nodes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void tell(String measured) {
        System.out.printf("[%s, ttl %d ms] %s%n", kind.id(), ttl.toMillis(), measured);
    }
}
