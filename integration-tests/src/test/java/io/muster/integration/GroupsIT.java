package io.muster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.Leader;
import io.muster.queue.GroupView;
import io.muster.queue.Queue;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three groups on three node processes: each leads one, and each group outlives the process that led it. */
@Tag("C10")
class GroupsIT {
    private static final List<String> GROUPS = List.of("default", "mail", "reports");
    private static final int JOBS = 30;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"ETCD", "REDIS"})
    void threeGroupsLeadOnThreeNodesAndEachSurvivesTheKillOfItsLeader(ServerKind kind) {
        Optional<LocalServer> server = SharedServers.get(kind);
        Assumptions.assumeTrue(server.isPresent(), kind + " is missing");
        List<String> settings = List.of(
                "muster.session-ttl=2s",
                "muster.heartbeat-interval=1s",
                "muster.worker-count=4",
                "muster.shutdown-grace=1s",
                "muster.queues=default,mail,reports",
                "muster.groups.mail=mail",
                "muster.groups.reports=reports");
        try (ThreeNodes nodes = new ThreeNodes(server.get(), folder, settings)) {
            nodes.ensureWhole();
            awaitSpread(nodes.client());
            int pushed = 0;
            for (String group : GROUPS) {
                Leader former = nodes.client().leader(group).orElseThrow();
                push(nodes.client());
                pushed += JOBS;
                node(nodes, former).kill();

                ThreeNodes.eventually(() -> nodes.client()
                        .leader(group)
                        .filter(now -> now.term() > former.term())
                        .isPresent());
                push(nodes.client());
                pushed += JOBS;
                awaitDone(nodes.client(), pushed);
                nodes.ensureWhole();
                awaitSpread(nodes.client());
            }
            assertThat(GROUPS)
                    .allSatisfy(group ->
                            assertThat(nodes.client().size(group).failed()).isZero());
        }
    }

    private static void push(Queue client) {
        GROUPS.forEach(queue -> client.bulk(
                queue, Collections.nCopies(JOBS, new Work(Duration.ofMillis(20).toMillis()))));
    }

    private static void awaitDone(Queue client, long each) {
        ThreeNodes.eventually(() -> GROUPS.stream()
                .allMatch(queue -> client.size(queue).completed() == each
                        && client.size(queue).live() == 0));
    }

    private static void awaitSpread(Queue client) {
        ThreeNodes.eventually(() -> client.groups().stream()
                        .map(GroupView::leader)
                        .flatMap(Optional::stream)
                        .map(leader -> leader.node().name())
                        .distinct()
                        .count()
                == GROUPS.size());
    }

    private static NodeProcess node(ThreeNodes nodes, Leader leader) {
        return nodes.all().stream()
                .filter(node -> node.name().equals(leader.node().name()))
                .findFirst()
                .orElseThrow();
    }
}
