package io.muster.servers.contract;

import io.muster.cluster.spi.BackendConfig;
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
public final class ContractQuorum extends ContractGroup {

    private final QuorumServers servers;
    private final Duration sessionTtl;
    private int disturbances;

    private ContractQuorum(QuorumServers servers, Duration sessionTtl, Addresses addresses) {
        super(servers.all(), servers.all().stream().map(TcpProxy::to).toList(), addresses);
        this.servers = servers;
        this.sessionTtl = sessionTtl;
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
    void ensureRunning() {
        servers.ensureRunning();
    }

    @Override
    void closeServers() {
        servers.close();
    }
}
