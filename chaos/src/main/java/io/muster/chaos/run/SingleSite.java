package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import io.muster.servers.SmallDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One server, on a disk of its own where that can be had. */
record SingleSite(String name, LocalServer server, Optional<SmallDisk> disk) implements Site {
    /** Room for the logs that some servers lay out in advance. */
    private static final int MEGABYTES = 512;

    static SingleSite start(String name, ServerKind kind, Path folder) {
        Optional<SmallDisk> disk = SmallDisk.tryMount(folder.resolve("disk-of-" + name), MEGABYTES);
        ServerOptions options = ServerOptions.forTests();
        LocalServer server = LocalServer.start(
                kind, disk.map(own -> options.withParent(own.directory())).orElse(options));
        return new SingleSite(name, server, disk);
    }

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
        disk.ifPresent(SmallDisk::close);
    }
}
