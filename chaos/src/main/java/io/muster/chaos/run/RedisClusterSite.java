package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.RedisClusterServers;
import io.muster.servers.ServerOptions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A Redis Cluster of three masters with a replica each. Its nodes tell clients each other's addresses, so there are no proxies, and no faults
 * of the network to it.
 *
 * @param key one of the keys that are kept here; all of them lie in one slot
 */
record RedisClusterSite(String name, String key, RedisClusterServers group) implements Site {
    private static final int MASTERS = 3;

    static Site start(String name, String key) {
        return RedisClusterServers.tryStart(1, ServerOptions.forTests())
                .map(group -> new RedisClusterSite(name, key, group))
                .orElseThrow(() -> new ChaosException("There is no Redis on this machine"));
    }

    @Override
    public String description() {
        return "Redis Cluster of " + MASTERS + " masters with a replica each";
    }

    @Override
    public List<LocalServer> servers() {
        return group.nodes();
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

    /** The one that has the keys of this run. */
    @Override
    public Optional<LocalServer> leader() {
        return group.masterOf(key).filter(LocalServer::isRunning);
    }

    /** A replica is that of the master three places before it. */
    @Override
    public List<List<LocalServer>> replicated() {
        return IntStream.range(0, MASTERS)
                .mapToObj(shard -> List.of(servers().get(shard), servers().get(shard + MASTERS)))
                .toList();
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
