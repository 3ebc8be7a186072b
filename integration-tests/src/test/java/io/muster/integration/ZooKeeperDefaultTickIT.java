package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Leader;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * ZooKeeper as it comes: sessions of four seconds at least, ended in ticks of two. A silent session ends up to one tick after
 * its TTL; that is the one second more that {@code Capabilities.expirySlack} names beside it.
 */
class ZooKeeperDefaultTickIT {
    private static final int KILLS = Boolean.getBoolean("muster.full") ? 6 : 1;
    private static final Duration TTL = Duration.ofSeconds(4);
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Duration AFTER_TTL = Duration.ofSeconds(1);

    @Test
    @Tag("C4")
    @Tag("K2")
    void killedLeaderIsReplacedAndItsJobsTakenBackWithinTtlAndTickAndOneSecond(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
        Optional<LocalServer> server = SharedServers.get(ServerKind.ZOOKEEPER, ServerOptions.likeProduction());
        Assumptions.assumeTrue(server.isPresent(), "ZooKeeper is missing");
        try (ThreeNodes nodes =
                new ThreeNodes(server.get(), folder, List.of("muster.session-ttl=" + TTL.toSeconds() + "s"))) {
            Duration bound = TTL.plus(nodes.expirySlack());
            assertThat(bound).isEqualTo(TTL.plus(TICK).plus(AFTER_TTL));
            for (int i = 0; i < KILLS; i++) {
                nodes.ensureWhole();
                kill(nodes, bound);
            }
        }
    }

    private static void kill(ThreeNodes nodes, Duration bound) {
        Leader former = nodes.leader();
        NodeProcess leading = nodes.leadingNode();
        Batch batch = new Batch(nodes).push(20, Duration.ofMillis(300));
        nodes.awaitRunning(leading, batch.jobs(), 1);
        long killed = System.nanoTime();
        leading.kill();
        Duration led = nodes.awaitLeaderOtherThan(former, killed);
        Duration reclaimed = nodes.awaitReclaimed(former.node().incarnation(), killed);
        System.out.printf(
                "[zookeeper, tick %d ms, ttl %d ms] kill -9 of the leader: new leader after %d ms, reclaimed after %d ms; %s%n",
                TICK.toMillis(), TTL.toMillis(), led.toMillis(), reclaimed.toMillis(), batch.settledOnce());
        assertThat(led).isLessThanOrEqualTo(bound);
        assertThat(reclaimed).isLessThanOrEqualTo(bound);
    }
}
