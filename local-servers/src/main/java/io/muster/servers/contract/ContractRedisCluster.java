package io.muster.servers.contract;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The masters of a Redis Cluster without replicas, each behind a proxy, as the contract of {@code cluster-testkit} wants to see them: frozen and restarted
 * are all of them, since each has some of the namespaces. They tell clients each other's ports and no host, so that who came through a
 * proxy stays behind the proxies. Needs Redis 7.
 */
public final class ContractRedisCluster implements ContractEnvironment, ServerFaults, AutoCloseable {

    private final RedisClusterServers servers;
    private final List<TcpProxy> proxies;
    private final ContractQuorum.Addresses addresses;

    private ContractRedisCluster(RedisClusterServers servers, ContractQuorum.Addresses addresses) {
        this.servers = servers;
        this.proxies = servers.nodes().stream().map(TcpProxy::beside).toList();
        this.addresses = addresses;
    }

    /** Starts them; empty if there is no Redis on this machine, which is then noted. */
    public static Optional<ContractRedisCluster> tryStart(ContractQuorum.Addresses addresses) {
        ServerOptions options =
                ServerOptions.forTests().withExtraArguments("--cluster-preferred-endpoint-type", "unknown-endpoint");
        return RedisClusterServers.tryStart(0, options).map(servers -> new ContractRedisCluster(servers, addresses));
    }

    @Override
    public BackendConfig direct() {
        return addresses.at(servers.nodes().stream()
                .map(node -> node.host() + ":" + node.port())
                .toList());
    }

    @Override
    public BackendConfig throughProxy() {
        return addresses.at(
                proxies.stream().map(proxy -> proxy.host() + ":" + proxy.port()).toList());
    }

    @Override
    public ServerFaults faults() {
        return this;
    }

    @Override
    public Duration sessionTtl() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void restartServer() {
        servers.nodes().forEach(LocalServer::stop);
        servers.ensureRunning();
    }

    @Override
    public void freezeServer() {
        servers.nodes().forEach(LocalServer::freeze);
    }

    @Override
    public void thawServer() {
        servers.nodes().forEach(LocalServer::thaw);
    }

    @Override
    public void cut() {
        proxies.forEach(TcpProxy::cut);
    }

    @Override
    public void blackhole() {
        proxies.forEach(TcpProxy::blackhole);
    }

    @Override
    public void swallowReplies() {
        proxies.forEach(TcpProxy::swallowReplies);
    }

    @Override
    public void heal() {
        proxies.forEach(TcpProxy::heal);
    }

    @Override
    public void repair() {
        servers.ensureRunning();
        heal();
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        servers.close();
    }
}
