package io.muster.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.cluster.spi.Key;
import java.util.HashSet;
import java.util.Set;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;

class ZooKeeperKeysTest {
    private final ZooKeeperKeys keys = new ZooKeeperKeys("/apps/muster", "shop");

    @Test
    void directoriesLieBesideEachOtherWhateverTheirDepth() {
        assertThat(keys.path(new Key("queue/default/ready", "@a")))
                .isEqualTo("/apps/muster/shop/d/queue+default+ready/@a");
        assertThat(keys.path(new Key("queue/default", "ready"))).isEqualTo("/apps/muster/shop/d/queue+default/ready");
    }

    @Test
    void differentKeysHaveDifferentPaths() {
        Set<String> paths = new HashSet<>();
        for (String directory : new String[] {"a", "a/b", "a.b", "a~b", "a%2Fb"}) {
            for (String name : new String[] {"x", "@x", "x%2B", "d", "identity"}) {
                assertThat(paths.add(keys.path(new Key(directory, name)))).isTrue();
            }
        }
    }

    @Test
    void everyPathIsOneThatZooKeeperAccepts() {
        PathUtils.validatePath(keys.path(new Key("q/" + Key.segment("Grüße / ..?#"), "@" + Key.segment("."))));
        keys.counters().forEach(PathUtils::validatePath);
        keys.above().forEach(PathUtils::validatePath);
    }

    @Test
    void whatLiesAboveTheNamespaceIsListedFromTheTop() {
        assertThat(keys.above()).containsExactly("/apps", "/apps/muster");
    }

    @Test
    void keysAreSpreadOverAllCountersOfCreations() {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            used.add(keys.creations(new Key("members", "node-" + i)));
        }

        assertThat(keys.counters()).hasSize(ZooKeeperKeys.SHARDS).doesNotHaveDuplicates();
        assertThat(used).containsExactlyInAnyOrderElementsOf(keys.counters());
    }
}
