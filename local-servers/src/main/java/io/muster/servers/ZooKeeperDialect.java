package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One ZooKeeper server, standalone or of an ensemble, in a JVM of its own, from the class path of this JVM. */
final class ZooKeeperDialect implements ServerDialect {

    private static final String MAIN = "org.apache.zookeeper.server.ZooKeeperServerMain";
    private static final String MAIN_OF_MEMBER = "org.apache.zookeeper.server.quorum.QuorumPeerMain";

    /** Begins a line that names a member of the ensemble. */
    static final String MEMBER = "server.";

    /** Begins a line that says which member this is; it goes into a file of its own. */
    static final String MY_ID = "myid=";

    private static final String RECEIVED = "Received: ";

    /** Clients that ask for more get the default upper bound, whatever the tick. */
    private static final long MAX_SESSION_MILLIS = 40_000;

    @Override
    public int ports() {
        return 1;
    }

    @Override
    public List<String> command(Found binary, Site site) throws IOException {
        ServerOptions options = site.options();
        List<String> lines = new ArrayList<>(List.of(
                "dataDir=" + site.data(),
                "clientPort=" + site.port(),
                "clientPortAddress=127.0.0.1",
                "tickTime=" + options.tick().toMillis(),
                "maxSessionTimeout=" + MAX_SESSION_MILLIS,
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=srvr",
                "forceSync=" + (options.durability() == Durability.FSYNC ? "yes" : "no")));
        boolean isMember = false;
        for (String line : options.extraArguments()) {
            isMember |= line.startsWith(MEMBER);
            if (line.startsWith(MY_ID)) {
                Files.createDirectories(site.data());
                Files.writeString(site.data().resolve("myid"), line.substring(MY_ID.length()));
            } else {
                lines.add(line);
            }
        }
        Path file = site.directory().resolve("zoo.cfg");
        Files.write(file, lines);
        return JavaCommand.of(isMember ? MAIN_OF_MEMBER : MAIN, file.toString())
                .withJvmOptions(
                        // The last 500 transactions stay in memory, of up to 1 MiB each: 96 MiB were too few.
                        "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.jmx.log4j.disable=true")
                .words(binary.path());
    }

    @Override
    public URI uri(Site site, int port) {
        return ServerDialect.address(ServerKind.ZOOKEEPER.id(), "", port, "");
    }

    @Override
    public boolean isReady(Site site) throws IOException {
        return status(site).stream().anyMatch(line -> line.startsWith("Mode: "));
    }

    @Override
    public boolean leads(Site site) throws IOException {
        return status(site).contains("Mode: leader");
    }

    /** Counts packets of clients, pings included; what this method asks is not among them. */
    @Override
    public long requestsReceived(Site site) throws IOException {
        return figure(site, RECEIVED);
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        return Map.of("nodes", figure(site, "Node count: "), "connections", figure(site, "Connections: "));
    }

    private static long figure(Site site, String begins) throws IOException {
        return status(site).stream()
                .filter(line -> line.startsWith(begins))
                .map(line -> Long.valueOf(line.substring(begins.length())))
                .findFirst()
                .orElseThrow(() -> new IOException("ZooKeeper did not tell \"" + begins + "\""));
    }

    @Override
    public void check(ServerOptions options) {
        ServerDialect.checkHasNoSecret(ServerKind.ZOOKEEPER, options);
    }

    private static List<String> status(Site site) throws IOException {
        return TextExchange.lines(site.port(), "srvr", "");
    }
}
