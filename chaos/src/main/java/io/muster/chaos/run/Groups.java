package io.muster.chaos.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.servers.LocalServer;
import io.muster.servers.RedisSentinelServers;
import io.muster.servers.ServerKind;
import io.muster.servers.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sites of several servers that are one service. */
final class Groups {
    private static final int MEMBERS = 3;
    private static final int FIRST_PORT = 12_000;
    private static final int LAST_PORT = 19_999;
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(ANSWER).build();
    /** A replica takes over without what its master had not sent it yet. */
    private static final Set<String> FAILOVERS = Set.of(
            FaultKind.KILL_SERVER.words(),
            FaultKind.RESTART_SERVER.words(),
            FaultKind.FREEZE_SERVER.words(),
            FaultKind.FILL_DISK.words(),
            FaultKind.KILL_LEADING_SERVER.words(),
            FaultKind.FREEZE_LEADING_SERVER.words());

    private Groups() {}

    /** A master, two replicas, and the Sentinels that watch them; clients are told addresses, so no proxy is between. */
    static Site redisSentinel(String name) {
        RedisSentinelServers servers = RedisSentinelServers.tryStart(2, ServerOptions.forTests())
                .orElseThrow(() -> new ChaosException("There is no Redis on this machine"));
        return new Site(
                name,
                "redis with two replicas and three Sentinels",
                servers.servers(),
                ports -> servers.uri(),
                false,
                FAILOVERS,
                () -> {
                    try {
                        return Optional.of(servers.master());
                    } catch (IllegalStateException noneNow) {
                        return Optional.empty();
                    }
                },
                servers::close);
    }

    /** Three members; a client is given all of them, each through a proxy of its own. */
    static Site etcd(String name) {
        List<Integer> peers = ports();
        String all = IntStream.range(0, MEMBERS)
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + peers.get(i))
                .collect(Collectors.joining(","));
        List<CompletableFuture<LocalServer>> starting = IntStream.range(0, MEMBERS)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> member(i, peers.get(i), all)))
                .toList();
        List<LocalServer> members =
                starting.stream().map(CompletableFuture::join).toList();
        return new Site(
                name,
                "etcd of three",
                members,
                ports -> "etcd://"
                        + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")),
                true,
                Set.of(),
                () -> members.stream().filter(Groups::leads).findFirst(),
                () -> members.forEach(LocalServer::close));
    }

    /** All are started at once, since none is ready alone. */
    private static LocalServer member(int number, int peerPort, String all) {
        String peer = "http://127.0.0.1:" + peerPort;
        return LocalServer.start(
                ServerKind.ETCD,
                ServerOptions.forTests()
                        .withTick(ServerOptions.PRODUCTION_TICK.dividedBy(2))
                        .withExtraArguments(
                                "--name=m" + number,
                                "--listen-peer-urls=" + peer,
                                "--initial-advertise-peer-urls=" + peer,
                                "--initial-cluster=" + all));
    }

    private static boolean leads(LocalServer member) {
        HttpRequest status = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + member.port() + "/v3/maintenance/status"))
                .timeout(ANSWER)
                .POST(BodyPublishers.ofString("{}"))
                .build();
        try {
            JsonNode told = JSON.readTree(HTTP.send(status, BodyHandlers.ofString()).body());
            String leader = told.path("leader").asText();
            return !leader.isEmpty()
                    && leader.equals(told.path("header").path("member_id").asText());
        } catch (IOException down) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Below the range of outgoing connections. */
    private static List<Integer> ports() {
        Random random = new Random();
        List<Integer> free = new ArrayList<>();
        while (free.size() < MEMBERS) {
            int port = FIRST_PORT + random.nextInt(LAST_PORT - FIRST_PORT);
            if (!free.contains(port) && isFree(port)) {
                free.add(port);
            }
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
