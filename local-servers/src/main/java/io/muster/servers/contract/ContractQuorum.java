package io.muster.servers.contract;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.QuorumServers;
import io.muster.servers.ServerKind;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Three servers that agree by majority, each behind a proxy, as the contract of {@code cluster-testkit} wants to see them: frozen are all of
 * them at once, restarted is the one that leads. Besides, the leader can be killed or frozen {@linkplain #disturb between tests}.
 */
public final class ContractQuorum implements ContractEnvironment, ServerFaults, AutoCloseable {

    private final QuorumServers servers;
    private final List<TcpProxy> proxies;
    private final Duration sessionTtl;
    private final Addresses addresses;
    private int disturbances;

    private ContractQuorum(QuorumServers servers, Duration sessionTtl, Addresses addresses) {
        this.servers = servers;
        this.proxies = servers.all().stream().map(TcpProxy::to).toList();
        this.sessionTtl = sessionTtl;
        this.addresses = addresses;
    }

    /** How a backend is told where its servers are. */
    @FunctionalInterface
    public interface Addresses {

        /** @param servers {@code host:port} of each */
        BackendConfig at(List<String> servers);
    }

    /** Starts them; empty if there is no such server on this machine, which is then noted. */
    public static Optional<ContractQuorum> tryStart(ServerKind kind, Duration sessionTtl, Addresses addresses) {
        return QuorumServers.tryStart(kind).map(servers -> new ContractQuorum(servers, sessionTtl, addresses));
    }

    /** Kills the leader and starts it again, or freezes it until another leads, in turns; returns when all are there. */
    public void disturb() {
        LocalServer leader = servers.leader();
        if (disturbances++ % 2 == 0) {
            leader.kill();
        } else {
            leader.freeze();
        }
        servers.awaitAnswer(leader);
        servers.ensureRunning();
    }

    @Override
    public BackendConfig direct() {
        return addresses.at(servers.all().stream()
                .map(server -> server.host() + ":" + server.port())
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
        return sessionTtl;
    }

    @Override
    public Duration recovery() {
        return Duration.ofSeconds(40);
    }

    @Override
    public void restartServer() {
        servers.leader().kill();
        servers.ensureRunning();
    }

    @Override
    public void freezeServer() {
        servers.all().forEach(LocalServer::freeze);
    }

    @Override
    public void thawServer() {
        servers.all().forEach(LocalServer::thaw);
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
