package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import java.util.List;
import java.util.Optional;

/** One server. */
record SingleSite(String name, LocalServer server) implements Site {
    @Override
    public String description() {
        return server.kind().id();
    }

    @Override
    public List<LocalServer> servers() {
        return List.of(server);
    }

    @Override
    public List<LocalServer> proxied(int process) {
        return servers();
    }

    @Override
    public String uri(List<Integer> ports) {
        return server.uri().toString().replaceFirst(":" + server.port() + "\\b", ":" + ports.get(0));
    }

    @Override
    public String direct() {
        return server.uri().toString();
    }

    @Override
    public Optional<LocalServer> leader() {
        return Optional.of(server);
    }

    @Override
    public void ensureRunning() {
        server.ensureRunning();
    }

    @Override
    public void close() {
        server.close();
    }
}
