package io.muster.chaos.run;

import io.muster.servers.LocalServer;
import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Makes faults for the cast of a run. What it draws depends on the random alone, but for who leads at that moment. */
final class Faults {
    private static final int SIXTEEN_KIB = 16 * 1024;
    private static final long LEAST_SKEW_MILLIS = 500;
    private static final long MOST_SKEW_MILLIS = 8_000;

    private final Cast cast;
    private final Duration ttl;

    Faults(Cast cast, Duration ttl) {
        this.cast = cast;
        this.ttl = ttl;
    }

    /** Empty if there is nothing here to which it can happen. */
    Optional<Fault> draw(FaultKind kind, Random random) {
        Member node = any(cast.nodes(), random);
        Member client = any(cast.clients(), random);
        Site site = any(cast.sites(), random);
        int which = random.nextInt(Integer.MAX_VALUE);
        double share = random.nextDouble();
        return switch (kind) {
            case KILL_NODE -> Optional.of(kill(kind, node, node.name(), between(0.2, 2, share)));
            case KILL_LEADER -> cast.leader().map(leader -> kill(kind, leader, leader.name(), between(0.2, 2, share)));
            case PAUSE_NODE -> Optional.of(pause(kind, node, between(2, 4, share)));
            case PAUSE_LEADER -> cast.leader().map(leader -> pause(kind, leader, between(2, 4, share)));
            case HICCUP_NODE -> Optional.of(pause(kind, node, between(0.1, 0.6, share)));
            case STOP_NODE -> Optional.of(stop(kind, node, between(0.5, 2, share)));
            case KILL_CLIENT -> Optional.of(kill(kind, client, "", between(0.2, 1, share)));
            case PAUSE_CLIENT -> Optional.of(pause(kind, client, between(0.5, 3, share)));
            case CUT -> onWay(kind, anybody(which), which, between(0.2, 3, share), TcpProxy::cut);
            case BLACKHOLE -> onWay(kind, anybody(which), which, between(0.2, 3, share), TcpProxy::blackhole);
            case LOSE_REPLIES -> onWay(kind, anybody(which), which, between(0.1, 2, share), TcpProxy::swallowReplies);
            case LOSE_REQUESTS -> onWay(kind, anybody(which), which, between(0.1, 2, share), TcpProxy::holdRequests);
            case DELAY ->
                onWay(
                        kind,
                        anybody(which),
                        which,
                        between(1, 4, share),
                        proxy -> proxy.delay(ttl.dividedBy(20).plusMillis(which % 100)));
            case ISOLATE -> isolate(kind, node, between(0.5, 3, share));
            case RESTART_SERVER -> onServer(kind, site, which, between(0.1, 1, share), LocalServer::stop);
            case KILL_SERVER -> onServer(kind, site, which, between(0.1, 1.5, share), LocalServer::kill);
            case FREEZE_SERVER -> onServer(kind, site, which, between(0.2, 2, share), LocalServer::freeze);
            case KILL_LEADING_SERVER -> onLeading(kind, site, between(0.5, 3, share), LocalServer::kill);
            case FREEZE_LEADING_SERVER -> onLeading(kind, site, between(0.5, 3, share), LocalServer::freeze);
            case FILL_DISK ->
                LocalServer.canLimitFiles()
                        ? onServer(kind, site, which, between(0.5, 2, share), server -> server.limitFiles(SIXTEEN_KIB))
                        : Optional.empty();
            case SKEW_CLOCK -> skew(kind, anybody(which), which, between(1, 5, share));
            case EXHAUST_MEMORY ->
                Optional.of(new Fault(
                        kind.words(),
                        node.name(),
                        Optional.empty(),
                        between(0.5, 2, share),
                        node::fillHeap,
                        node::freeHeap));
        };
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    /** Nodes more often than clients. */
    private Member anybody(int which) {
        return which % 4 == 0
                ? cast.clients().get(which % cast.clients().size())
                : cast.nodes().get(which % cast.nodes().size());
    }

    private Duration between(double least, double most, double share) {
        return Duration.ofMillis((long) (ttl.toMillis() * (least + (most - least) * share)));
    }

    private static Fault kill(FaultKind kind, Member member, String node, Duration lasts) {
        return new Fault(
                kind.words(),
                member.name(),
                Optional.of(node).filter(name -> !name.isEmpty()),
                lasts,
                member::kill,
                member::release);
    }

    private static Fault pause(FaultKind kind, Member member, Duration lasts) {
        return new Fault(kind.words(), member.name(), Optional.of(member.name()), lasts, member::freeze, member::thaw);
    }

    private static Fault stop(FaultKind kind, Member member, Duration lasts) {
        return new Fault(
                kind.words(), member.name(), Optional.of(member.name()), lasts, member::terminate, member::release);
    }

    /** By half a second up to some seconds, ahead or behind. */
    private static Optional<Fault> skew(FaultKind kind, Member member, int which, Duration lasts) {
        if (!member.hasClock()) {
            return Optional.empty();
        }
        long millis = LEAST_SKEW_MILLIS + which / 8 % (MOST_SKEW_MILLIS - LEAST_SKEW_MILLIS);
        Duration ahead = Duration.ofMillis(which / 4 % 2 == 0 ? millis : -millis);
        return Optional.of(new Fault(
                kind.words() + (ahead.isNegative() ? " behind" : " ahead"),
                member.name(),
                Optional.empty(),
                lasts,
                () -> member.setClock(ahead),
                () -> member.setClock(Duration.ZERO)));
    }

    private static Optional<Fault> onWay(
            FaultKind kind, Member member, int which, Duration lasts, Consumer<TcpProxy> change) {
        List<Way> ways = member.ways().stream().filter(Way::canBeDisturbed).toList();
        if (ways.isEmpty()) {
            return Optional.empty();
        }
        Way way = ways.get(which / 16 % ways.size());
        return Optional.of(new Fault(
                kind.words() + " to " + way.site().name(),
                member.name(),
                Optional.empty(),
                lasts,
                () -> way.each(change),
                way::heal));
    }

    private static Optional<Fault> isolate(FaultKind kind, Member member, Duration lasts) {
        if (member.ways().stream().noneMatch(Way::canBeDisturbed)) {
            return Optional.empty();
        }
        return Optional.of(new Fault(
                kind.words(),
                member.name(),
                Optional.empty(),
                lasts,
                () -> member.ways().forEach(way -> way.each(TcpProxy::blackhole)),
                () -> member.ways().forEach(Way::heal)));
    }

    private static Optional<Fault> onServer(
            FaultKind kind, Site site, int which, Duration lasts, Consumer<LocalServer> change) {
        if (site.servers().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                fault(kind, site, site.servers().get(which % site.servers().size()), lasts, change));
    }

    private static Optional<Fault> onLeading(FaultKind kind, Site site, Duration lasts, Consumer<LocalServer> change) {
        return site.servers().size() < 2
                ? Optional.empty()
                : site.leader().get().map(server -> fault(kind, site, server, lasts, change));
    }

    private static Fault fault(
            FaultKind kind, Site site, LocalServer server, Duration lasts, Consumer<LocalServer> change) {
        return new Fault(
                kind.words(),
                site.name(),
                Optional.empty(),
                lasts,
                () -> change.accept(server),
                () -> heal(kind, server));
    }

    /** A server whose disk was full may have ended, or be stuck. */
    private static void heal(FaultKind kind, LocalServer server) {
        if (kind == FaultKind.FILL_DISK && server.isRunning()) {
            server.unlimitFiles();
        }
        server.ensureRunning();
    }
}
