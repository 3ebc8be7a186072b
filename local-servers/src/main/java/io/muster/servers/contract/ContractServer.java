package io.muster.servers.contract;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SharedServers;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.Optional;

/** A real server and a proxy in front of it, as the contract of {@code cluster-testkit} wants to see them. */
public final class ContractServer implements ContractEnvironment, ServerFaults {

    private final LocalServer server;
    private final int port;
    private final TcpProxy proxy;
    private final Duration sessionTtl;
    private final Address address;

    private ContractServer(LocalServer server, int port, Duration sessionTtl, Address address) {
        this.server = server;
        this.port = port;
        this.proxy = TcpProxy.to(server.host(), port);
        this.sessionTtl = sessionTtl;
        this.address = address;
    }

    /** How a backend is told where its server is. */
    @FunctionalInterface
    public interface Address {

        BackendConfig at(String host, int port);
    }

    /**
     * The server that the tests of this JVM share, with a proxy that lasts as long as the JVM.
     *
     * @param sessionTtl the least that the server grants with {@link ServerOptions#forTests()}
     * @return empty if there is none on this machine, which is then noted
     */
    public static Optional<ContractServer> shared(ServerKind kind, Duration sessionTtl, Address address) {
        return SharedServers.get(kind).map(server -> new ContractServer(server, server.port(), sessionTtl, address));
    }

    /** A server that the caller has started, reached at another of its ports, such as one that speaks TLS. */
    public static ContractServer at(LocalServer server, int port, Duration sessionTtl, Address address) {
        return new ContractServer(server, port, sessionTtl, address);
    }

    @Override
    public BackendConfig direct() {
        return address.at(server.host(), port);
    }

    @Override
    public BackendConfig throughProxy() {
        return address.at(proxy.host(), proxy.port());
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
        server.ensureRunning();
        proxy.heal();
    }
}
