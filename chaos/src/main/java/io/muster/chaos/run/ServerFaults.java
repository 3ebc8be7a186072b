package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Makes faults of the servers of a site, and of the network between one of several servers and the processes. */
final class ServerFaults {
    private static final int SIXTEEN_KIB = 16 * 1024;
    /** Longer for servers with replicas, so that one of those takes over. */
    private static final int FAILS_OVER = 2;

    private final Cast cast;

    ServerFaults(Cast cast) {
        this.cast = cast;
    }

    /** Befalls any of its servers. */
    Optional<Fault> onOne(FaultKind kind, Site site, int which, Duration lasts) {
        if (site.servers().isEmpty() || (kind == FaultKind.FILL_DISK && !LocalServer.canLimitFiles())) {
            return Optional.empty();
        }
        LocalServer server = site.servers().get(which % site.servers().size());
        return Optional.of(fault(kind, site, lasts, List.of(server), () -> heal(kind, server)));
    }

    /** Befalls the only server of a site, if it has a disk of its own. */
    Optional<Fault> fullDisk(FaultKind kind, Site site, Duration lasts) {
        return site.disk()
                .map(disk -> new Fault(kind.words(), site.name(), Optional.empty(), lasts, disk::fill, () -> {
                    disk.free();
                    recover(site);
                }));
    }

    /** As its operator would do: a server that does not find its way back by itself is begun anew. */
    private static void recover(Site site) {
        for (LocalServer server : site.servers()) {
            if (!server.isReady()) {
                server.restart();
            }
        }
    }

    /** Befalls the one that leads, if there are several. */
    Optional<Fault> onLeading(FaultKind kind, Site site, Duration lasts) {
        Duration enough = site.replicated().isEmpty() ? lasts : lasts.multipliedBy(FAILS_OVER);
        return site.servers().size() < 2
                ? Optional.empty()
                : site.leader().map(leader -> fault(kind, site, enough, List.of(leader), leader::ensureRunning));
    }

    /** Befalls the smallest majority with the one that leads, if there are several. */
    Optional<Fault> onMost(FaultKind kind, Site site, Duration lasts) {
        if (site.servers().size() < 2) {
            return Optional.empty();
        }
        List<LocalServer> most = Stream.concat(site.leader().stream(), site.servers().stream())
                .distinct()
                .limit(site.servers().size() / 2 + 1L)
                .toList();
        return Optional.of(fault(kind, site, lasts, most, site::ensureRunning));
    }

    /** One of several servers is there for the others, and for no process. */
    Optional<Fault> cutOff(FaultKind kind, Site site, int which, Duration lasts) {
        return cutOff(kind, site, site.name(), cast.all(), which, lasts);
    }

    /** One of several servers is there for the others, and not for this process. */
    Optional<Fault> cutOff(FaultKind kind, Site site, Member member, int which, Duration lasts) {
        return cutOff(kind, site, member.name(), List.of(member), which, lasts);
    }

    private static Optional<Fault> cutOff(
            FaultKind kind, Site site, String target, List<Member> members, int which, Duration lasts) {
        int server = which % Math.max(1, site.servers().size());
        List<TcpProxy> proxies = new ArrayList<>();
        members.stream()
                .flatMap(member -> member.ways().stream())
                .filter(way -> way.site().equals(site))
                .forEach(way -> way.to(server).ifPresent(proxies::add));
        return site.servers().size() < 2 || proxies.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fault(
                        kind.words() + " of the " + site.name(),
                        target,
                        Optional.empty(),
                        lasts,
                        () -> proxies.forEach(TcpProxy::blackhole),
                        () -> proxies.forEach(TcpProxy::heal)));
    }

    private static Fault fault(FaultKind kind, Site site, Duration lasts, List<LocalServer> servers, Runnable heal) {
        return new Fault(kind.words(), site.name(), Optional.empty(), lasts, () -> servers.forEach(change(kind)), heal);
    }

    private static Consumer<LocalServer> change(FaultKind kind) {
        return switch (kind) {
            case RESTART_SERVER -> LocalServer::stop;
            case KILL_SERVER, KILL_LEADING_SERVER, KILL_MOST_SERVERS -> LocalServer::kill;
            case FREEZE_SERVER, FREEZE_LEADING_SERVER, FREEZE_MOST_SERVERS -> LocalServer::freeze;
            case FILL_DISK -> server -> server.limitFiles(SIXTEEN_KIB);
            default -> throw new IllegalArgumentException(kind + " befalls no server");
        };
    }

    /** A server whose disk was full may have ended, or be stuck. */
    private static void heal(FaultKind kind, LocalServer server) {
        if (kind == FaultKind.FILL_DISK && server.isRunning()) {
            server.unlimitFiles();
        }
        server.ensureRunning();
    }
}
