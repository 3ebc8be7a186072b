package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerOptions;
import java.util.List;
import java.util.Optional;

/**
 * A Redis master, two replicas, and the three Sentinels that replace it. Faults happen to master and replicas. Sentinels tell clients where the
 * master is, so there are no proxies, and no faults of the network to it.
 */
record SentinelSite(String name, RedisSentinelServers group) implements Site {
    private static final int REPLICAS = 2;

    static Site start(String name) {
        return RedisSentinelServers.tryStart(REPLICAS, ServerOptions.forTests())
                .map(group -> new SentinelSite(name, group))
                .orElseThrow(() -> new ChaosException("There is no Redis on this machine"));
    }

    @Override
    public String description() {
        return "redis with " + REPLICAS + " replicas and three Sentinels";
    }

    @Override
    public List<LocalServer> servers() {
        return group.servers();
    }

    @Override
    public List<LocalServer> proxied(int process) {
        return List.of();
    }

    @Override
    public String uri(List<Integer> ports) {
        return group.uri();
    }

    @Override
    public String direct() {
        return group.uri();
    }

    @Override
    public Optional<LocalServer> leader() {
        return servers().stream()
                .filter(LocalServer::isRunning)
                .filter(LocalServer::leads)
                .findFirst();
    }

    @Override
    public List<List<LocalServer>> replicated() {
        return List.of(servers());
    }

    @Override
    public void ensureRunning() {
        servers().forEach(LocalServer::ensureRunning);
    }

    @Override
    public void close() {
        group.close();
    }
}
