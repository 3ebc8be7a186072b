package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.Backend;
import io.muster.cluster.testkit.ForeignNamesContract;
import io.muster.cluster.time.SystemTimeline;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.opentest4j.TestAbortedException;

class ZooKeeperForeignNamesTest extends ForeignNamesContract {
    private final LocalServer server =
            SharedServers.get(ServerKind.ZOOKEEPER).orElseThrow(() -> new TestAbortedException("ZOOKEEPER is missing"));

    @Override
    protected Backend open() {
        return ZooKeeperConfig.of(server.host() + ":" + server.port()).open(namespace, SystemTimeline.instance());
    }

    @Override
    protected List<String> foreignNames() {
        return List.of("not a key", "u\u0308mlaut", "b+c,d");
    }

    @Override
    protected void putForeign(String name) throws Exception {
        try (CuratorFramework client =
                CuratorFrameworkFactory.newClient(server.host() + ":" + server.port(), new RetryOneTime(100))) {
            client.start();
            String path = ZooKeeperConfig.DEFAULT_CHROOT + "/" + namespace + "/d/" + DIRECTORY.replace('/', '+');
            client.create().forPath(path + "/" + name, new byte[] {7});
            client.create().forPath(path + "/" + name + "/below", new byte[] {7});
        }
    }
}
