package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.cluster.Cluster;
import io.muster.cluster.ClusterConfigurationException;
import io.muster.cluster.ClusterOptions;
import io.muster.cluster.LeadershipListener;
import io.muster.cluster.LockAttempt;
import io.muster.cluster.Term;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.time.Duration;
import java.util.UUID;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody's node with others below it stands where a claim would: it cannot be removed in one step, and that is said at once. */
class ZooKeeperNodesBelowClaimsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LocalServer server = SharedServers.get(ServerKind.ZOOKEEPER).orElseThrow();
    private final String address = server.host() + ":" + server.port();
    private final String namespace = "below-" + UUID.randomUUID();
    private final CuratorFramework foreign = CuratorFrameworkFactory.newClient(address, new RetryOneTime(100));
    private Cluster cluster;

    @BeforeEach
    void open() {
        foreign.start();
        cluster = Cluster.open(ZooKeeperConfig.of(address), ClusterOptions.named(namespace));
    }

    @AfterEach
    void close() {
        cluster.close();
        foreign.close();
    }

    @Test
    void aLockIsRefusedWithThePathUntilItIsGone() throws Exception {
        String path = putWithNodeBelow("locks", "mine");

        assertThatThrownBy(() -> cluster.tryLock("mine", Duration.ofSeconds(10)))
                .isInstanceOf(ClusterConfigurationException.class)
                .hasMessageContaining(path)
                .hasMessageContaining("deleteall");
        assertThatThrownBy(() -> cluster.awaitLock("mine", Duration.ofSeconds(10), Duration.ofHours(1)))
                .isInstanceOf(ClusterConfigurationException.class);
        foreign.delete().deletingChildrenIfNeeded().forPath(path);

        assertThat(cluster.tryLock("mine", Duration.ofSeconds(10))).isInstanceOf(LockAttempt.Held.class);
    }

    @Test
    void aCandidateTriesAgainUntilItIsGone() throws Exception {
        String path = putWithNodeBelow("elections", "g");
        cluster.campaign("g", new LeadershipListener() {
            @Override
            public void gained(Term term) {}

            @Override
            public void lost(Term term) {}
        });

        assertThat(cluster.leader("g")).isEmpty();
        foreign.delete().deletingChildrenIfNeeded().forPath(path);

        await().atMost(PATIENCE).until(() -> cluster.leader("g").isPresent());
    }

    private String putWithNodeBelow(String directory, String name) throws Exception {
        String path = ZooKeeperConfig.DEFAULT_CHROOT + "/" + namespace + "/d/" + directory + "/" + name;
        foreign.create().creatingParentsIfNeeded().forPath(path, new byte[] {7});
        foreign.create().forPath(path + "/below", new byte[] {7});
        return path;
    }
}
