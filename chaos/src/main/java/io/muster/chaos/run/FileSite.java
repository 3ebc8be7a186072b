package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import java.util.List;
import java.util.Optional;

/** A file that all processes open. Nothing happens to it. */
record FileSite(String name, String description, String direct) implements Site {
    @Override
    public List<LocalServer> servers() {
        return List.of();
    }

    @Override
    public List<LocalServer> proxied(int process) {
        return List.of();
    }

    @Override
    public String uri(List<Integer> ports) {
        return direct;
    }

    @Override
    public Optional<LocalServer> leader() {
        return Optional.empty();
    }

    @Override
    public void ensureRunning() {
        // There is no server.
    }

    @Override
    public void close() {
        // It ends with the folder of the run.
    }
}
