package io.muster.cluster.zookeeper;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.time.Duration;

/** A ZooKeeper server in a process of its own, shared by the tests of this JVM, and a proxy in front of it. */
final class ZooKeeperEnvironment implements ContractEnvironment, ServerFaults {
    private final LocalServer server;
    private final TcpProxy proxy;

    private ZooKeeperEnvironment(LocalServer server) {
        this.server = server;
        this.proxy = TcpProxy.to(server);
    }

    static ZooKeeperEnvironment shared() {
        return new ZooKeeperEnvironment(SharedServers.get(ServerKind.ZOOKEEPER)
                .orElseThrow(() -> new IllegalStateException("ZooKeeper comes from Maven and cannot be missing")));
    }

    @Override
    public BackendConfig direct() {
        return ZooKeeperConfig.of(server.host() + ":" + server.port());
    }

    @Override
    public BackendConfig throughProxy() {
        return ZooKeeperConfig.of(proxy.host() + ":" + proxy.port());
    }

    @Override
    public ServerFaults faults() {
        return this;
    }

    @Override
    public Duration sessionTtl() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void restartServer() {
        server.restart();
    }

    @Override
    public void freezeServer() {
        server.freeze();
    }

    @Override
    public void thawServer() {
        server.thaw();
    }

    @Override
    public void cut() {
        proxy.cut();
    }

    @Override
    public void blackhole() {
        proxy.blackhole();
    }

    @Override
    public void swallowReplies() {
        proxy.swallowReplies();
    }

    @Override
    public void heal() {
        proxy.heal();
    }

    @Override
    public void repair() {
        SharedServers.get(ServerKind.ZOOKEEPER);
        proxy.heal();
    }
}
