package io.muster.chaos.run;

import io.muster.servers.TcpProxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The network between one process and one site: a proxy to each server of which the process is told; without proxies nothing happens to it.
 *
 * @param servers which of the site's servers each proxy leads to
 */
record Way(Site site, List<Integer> servers, List<TcpProxy> proxies) implements AutoCloseable {
    static Way to(Site site, int process) {
        List<Integer> servers = site.proxied(process).stream()
                .map(server -> site.servers().indexOf(server))
                .toList();
        return new Way(
                site, servers, site.proxied(process).stream().map(TcpProxy::to).toList());
    }

    String uri() {
        return proxies.isEmpty()
                ? site.direct()
                : site.uri(proxies.stream().map(TcpProxy::port).toList());
    }

    boolean canBeDisturbed() {
        return !proxies.isEmpty();
    }

    /** The way to one server; empty if the process is not told of it. */
    Optional<TcpProxy> to(int server) {
        return IntStream.range(0, proxies.size())
                .filter(i -> servers.get(i) == server)
                .mapToObj(proxies::get)
                .findFirst();
    }

    void each(Consumer<TcpProxy> change) {
        proxies.forEach(change);
    }

    void heal() {
        each(TcpProxy::heal);
    }

    @Override
    public void close() {
        each(TcpProxy::close);
    }
}
