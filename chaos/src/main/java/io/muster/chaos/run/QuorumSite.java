package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.QuorumServers;
import io.muster.servers.ServerKind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Three servers of etcd, Consul or ZooKeeper that agree by majority. A process is told of all of them and goes through a proxy of its own to
 * each; with Consul it is told of one, which is its agent: the next process of the next one.
 */
record QuorumSite(String name, ServerKind kind, QuorumServers group) implements Site {
    /** How many servers there are. */
    static final int SERVERS = 3;

    static Site start(String name, ServerKind kind) {
        return QuorumServers.tryStart(kind)
                .map(group -> new QuorumSite(name, kind, group))
                .orElseThrow(() -> new ChaosException("There is no " + kind.id() + " on this machine"));
    }

    @Override
    public String description() {
        return SERVERS + " servers of " + kind.id();
    }

    @Override
    public List<LocalServer> servers() {
        return group.all();
    }

    @Override
    public List<LocalServer> proxied(int process) {
        return kind == ServerKind.CONSUL ? List.of(group.all().get(process % SERVERS)) : group.all();
    }

    @Override
    public String uri(List<Integer> ports) {
        return kind.id() + "://"
                + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    @Override
    public String direct() {
        return uri(proxied(0).stream().map(LocalServer::port).toList());
    }

    @Override
    public Optional<LocalServer> leader() {
        return group.all().stream()
                .filter(LocalServer::isRunning)
                .filter(LocalServer::leads)
                .findFirst();
    }

    @Override
    public void ensureRunning() {
        group.ensureRunning();
    }

    @Override
    public void close() {
        group.close();
    }
}
