package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One etcd member that is its own cluster. */
final class EtcdDialect implements ServerDialect {

    /** What etcd does by default: an election after 1000 ms, ten heartbeats within. */
    private static final int TICKS_PER_ELECTION_AT_DEFAULT = 2;

    private static final int HEARTBEATS_PER_ELECTION = 10;

    /** Stands for the port for clients in an argument, since each flag that lists addresses names all of them. */
    private static final String PORT = "{port}";

    /** Left out if it is zero. */
    private static final Pattern COUNT = Pattern.compile("\"count\":\"([0-9]+)\"");

    @Override
    public int ports() {
        return 2;
    }

    @Override
    public List<String> command(Found binary, Site site) {
        String clients = "http://127.0.0.1:" + site.port();
        String peers = "http://127.0.0.1:" + site.ports().get(1);
        long electionMillis = site.options().tick().toMillis() / TICKS_PER_ELECTION_AT_DEFAULT;
        List<String> command = new ArrayList<>(List.of(binary.path().toString()));
        command.addAll(List.of("--name", "n0", "--data-dir", site.data().toString()));
        command.addAll(List.of("--listen-client-urls", clients, "--advertise-client-urls", clients));
        command.addAll(List.of("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers));
        command.addAll(List.of("--initial-cluster", "n0=" + peers, "--log-level", "warn"));
        command.addAll(List.of("--election-timeout", Long.toString(electionMillis)));
        command.addAll(List.of("--heartbeat-interval", Long.toString(electionMillis / HEARTBEATS_PER_ELECTION)));
        if (site.options().durability() != Durability.FSYNC) {
            command.add("--unsafe-no-fsync");
        }
        String port = Integer.toString(site.port());
        site.options().extraArguments().forEach(argument -> command.add(argument.replace(PORT, port)));
        return command;
    }

    @Override
    public URI uri(Site site, int port) {
        return ServerDialect.address(ServerKind.ETCD.id(), "", port, "");
    }

    /** Healthy means: has a leader and answers a linearizable read. */
    @Override
    public boolean isReady(Site site) throws IOException {
        return TextExchange.get(site.port(), "/health", Map.of()).body().contains("\"health\":\"true\"");
    }

    @Override
    public boolean leads(Site site) throws IOException {
        return TextExchange.get(site.port(), "/metrics", Map.of()).body().contains("\netcd_server_is_leader 1");
    }

    /** Counts messages, so that each renewal on a lease stream is one; what this method asks is not among them. */
    @Override
    public long requestsReceived(Site site) throws IOException {
        String page = TextExchange.get(site.port(), "/metrics", Map.of()).body();
        return TextExchange.sumOfSamples(page, "grpc_server_msg_received_total");
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        String everything = "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"count_only\":true}";
        String keys = TextExchange.post(site.port(), "/v3/kv/range", everything).body();
        Matcher count = COUNT.matcher(keys);
        String leases = TextExchange.post(site.port(), "/v3/lease/leases", "{}").body();
        String page = TextExchange.get(site.port(), "/metrics", Map.of()).body();
        return Map.of(
                "keys",
                count.find() ? Long.parseLong(count.group(1)) : 0,
                "leases",
                leases.split("\"ID\"", -1).length - 1L,
                "watchers",
                TextExchange.sumOfSamples(page, "etcd_debugging_mvcc_watcher_total"));
    }

    @Override
    public void check(ServerOptions options) {
        ServerDialect.checkHasNoSecret(ServerKind.ETCD, options);
    }
}
