package io.muster.servers;

import io.muster.servers.ServerBinary.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One Consul server that is its own cluster. Not {@code -dev}, which keeps nothing. */
final class ConsulDialect implements ServerDialect {

    /** What Consul does by default: sessions of at least 10 s. */
    private static final int TICKS_PER_SESSION_AT_DEFAULT = 5;

    private static final Duration LEAST_SESSION = Duration.ofSeconds(1);

    @Override
    public int ports() {
        return 3;
    }

    /** SIGTERM must not make the server leave its own cluster, or it would not come back as leader. */
    @Override
    public List<String> command(Found binary, Site site) throws IOException {
        ServerOptions options = site.options();
        Duration scaled = options.tick().multipliedBy(TICKS_PER_SESSION_AT_DEFAULT);
        Duration leastSession = scaled.compareTo(LEAST_SESSION) < 0 ? LEAST_SESSION : scaled;
        // All clients of a test or demo have one address, and a blocking query counts until its wait is over though its
        // client has closed.
        String configuration =
                """
                {
                  "server": true,
                  "bootstrap_expect": 1,
                  "node_name": "n0",
                  "data_dir": "%s",
                  "bind_addr": "127.0.0.1",
                  "client_addr": "127.0.0.1",
                  "ports": {"http": %d, "server": %d, "serf_lan": %d, "serf_wan": -1, "dns": -1, "grpc": -1},
                  "performance": {"raft_multiplier": 1},
                  "limits": {"http_max_conns_per_client": 5000},
                  "session_ttl_min": "%dms",
                  "leave_on_terminate": false,
                  "disable_update_check": true,
                  "telemetry": {"prometheus_retention_time": "24h", "disable_hostname": true}%s
                }
                """
                        .formatted(
                                site.data(),
                                site.port(),
                                site.ports().get(1),
                                site.ports().get(2),
                                leastSession.toMillis(),
                                options.isOpen() ? "" : accessControl(options.secret()));
        Path file = site.directory().resolve("consul.json");
        Files.writeString(file, configuration);
        List<String> command = new ArrayList<>(List.of(binary.path().toString(), "agent", "-config-file=" + file));
        command.addAll(options.extraArguments());
        return command;
    }

    private static String accessControl(String token) {
        return """
               ,
                 "acl": {"enabled": true, "default_policy": "deny", "tokens": {"master": "%s", "agent": "%s"}}"""
                .formatted(token, token);
    }

    @Override
    public URI uri(Site site, int port) {
        return ServerDialect.address(ServerKind.CONSUL.id(), "", port, "");
    }

    /** A consistent read needs a leader; an unused key is simply not found. */
    @Override
    public boolean isReady(Site site) throws IOException {
        int status = TextExchange.get(site.port(), "/v1/kv/muster-ready?consistent", token(site))
                .status();
        return status == 200 || status == 404;
    }

    @Override
    public boolean leads(Site site) throws IOException {
        String self =
                TextExchange.get(site.port(), "/v1/agent/self", token(site)).body();
        return self.replace(" ", "").contains("\"state\":\"Leader\"");
    }

    /** Counts finished requests by HTTP; a blocking query counts when it is answered. */
    @Override
    public long requestsReceived(Site site) throws IOException {
        TextExchange.Answer page = TextExchange.get(site.port(), "/v1/agent/metrics?format=prometheus", token(site));
        return TextExchange.sumOfSamples(page.body(), "consul_(api_)?http_(?!.*agent_metrics).*count");
    }

    @Override
    public Map<String, Long> census(Site site) throws IOException {
        return Map.of(
                "keys", count(site, "/v1/kv/?keys", "\""),
                "sessions", count(site, "/v1/session/list", "\"ID\""),
                "checks", count(site, "/v1/agent/checks", "\"CheckID\""));
    }

    /** How often it stands in the answer; a name in quotes counts once. */
    private static long count(Site site, String path, String word) throws IOException {
        TextExchange.Answer answer = TextExchange.get(site.port(), path, token(site));
        long found = answer.status() == 404 ? 0 : answer.body().split(word, -1).length - 1L;
        return word.equals("\"") ? found / 2 : found;
    }

    @Override
    public void check(ServerOptions options) {
        if (!options.secret().matches("[0-9a-zA-Z-]*")) {
            throw new IllegalArgumentException("a Consul token consists of letters, digits and hyphens");
        }
    }

    private static Map<String, String> token(Site site) {
        return site.options().isOpen()
                ? Map.of()
                : Map.of("X-Consul-Token", site.options().secret());
    }
}
