package io.muster.servers.contract;

import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.ServerOptions;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.Optional;

/**
 * The masters of a Redis Cluster without replicas, each behind a proxy, as the contract of {@code cluster-testkit} wants to see them: frozen and restarted
 * are all of them, since each has some of the namespaces. They tell clients each other's ports and no host, so that who came through a
 * proxy stays behind the proxies. Needs Redis 7.
 */
public final class ContractRedisCluster extends ContractGroup {

    private final RedisClusterServers servers;

    private ContractRedisCluster(RedisClusterServers servers, ContractQuorum.Addresses addresses) {
        super(servers.nodes(), servers.nodes().stream().map(TcpProxy::beside).toList(), addresses);
        this.servers = servers;
    }

    /** Starts them; empty if there is no Redis on this machine, which is then noted. */
    public static Optional<ContractRedisCluster> tryStart(ContractQuorum.Addresses addresses) {
        ServerOptions options =
                ServerOptions.forTests().withExtraArguments("--cluster-preferred-endpoint-type", "unknown-endpoint");
        return RedisClusterServers.tryStart(0, options).map(servers -> new ContractRedisCluster(servers, addresses));
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
    void ensureRunning() {
        servers.ensureRunning();
    }

    @Override
    void closeServers() {
        servers.close();
    }
}
