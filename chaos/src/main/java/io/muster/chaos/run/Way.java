package io.muster.chaos.run;

import io.muster.servers.TcpProxy;
import java.util.List;
import java.util.function.Consumer;

/** The network between one process and one site: a proxy per server, all with the same fault; without proxies nothing happens to it. */
record Way(Site site, List<TcpProxy> proxies) implements AutoCloseable {
    String uri() {
        return proxies.isEmpty()
                ? site.direct()
                : site.uri().apply(proxies.stream().map(TcpProxy::port).toList());
    }

    boolean canBeDisturbed() {
        return !proxies.isEmpty();
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
