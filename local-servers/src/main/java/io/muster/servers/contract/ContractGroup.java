package io.muster.servers.contract;

import io.muster.cluster.spi.BackendConfig;
import io.muster.cluster.testkit.ContractEnvironment;
import io.muster.cluster.testkit.ServerFaults;
import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.util.List;

/** Several servers, each behind a proxy: what happens to one network happens to all, and frozen are all of them at once. */
abstract class ContractGroup implements ContractEnvironment, ServerFaults, AutoCloseable {

    private final List<LocalServer> servers;
    private final List<TcpProxy> proxies;
    private final ContractQuorum.Addresses addresses;

    /** @param proxies one for each server in the same order; closed with this */
    ContractGroup(List<LocalServer> servers, List<TcpProxy> proxies, ContractQuorum.Addresses addresses) {
        this.servers = List.copyOf(servers);
        this.proxies = proxies;
        this.addresses = addresses;
    }

    /** Starts again those that do not run. */
    abstract void ensureRunning();

    /** Stops the servers for good. */
    abstract void closeServers();

    @Override
    public BackendConfig direct() {
        return addresses.at(servers.stream()
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
    public void freezeServer() {
        servers.forEach(LocalServer::freeze);
    }

    @Override
    public void thawServer() {
        servers.forEach(LocalServer::thaw);
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
        ensureRunning();
        heal();
    }

    @Override
    public void close() {
        proxies.forEach(TcpProxy::close);
        closeServers();
    }
}
