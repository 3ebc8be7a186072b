package io.muster.chaos.run;

import io.muster.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Makes faults for the cast of a run. What it draws depends on the random alone, but for who leads at that moment. */
final class Faults {
    private final Cast cast;
    private final Duration ttl;
    private final ServerFaults servers;

    Faults(Cast cast, Duration ttl) {
        this.cast = cast;
        this.ttl = ttl;
        this.servers = new ServerFaults(cast);
    }

    /** Empty if there is nothing here to which it can happen. */
    Optional<Fault> draw(FaultKind kind, Random random) {
        Member node = any(cast.nodes(), random);
        Member client = any(cast.clients(), random);
        Site site = any(cast.sites(), random);
        int which = random.nextInt(Integer.MAX_VALUE);
        double share = random.nextDouble();
        return switch (kind) {
            case KILL_NODE -> Optional.of(MemberFaults.kill(kind, node, node.name(), between(0.2, 2, share)));
            case KILL_LEADER ->
                cast.leader().map(leader -> MemberFaults.kill(kind, leader, leader.name(), between(0.2, 2, share)));
            case PAUSE_NODE -> Optional.of(MemberFaults.pause(kind, node, between(2, 4, share)));
            case PAUSE_LEADER -> cast.leader().map(leader -> MemberFaults.pause(kind, leader, between(2, 4, share)));
            case HICCUP_NODE -> Optional.of(MemberFaults.pause(kind, node, between(0.1, 0.6, share)));
            case STOP_NODE -> Optional.of(MemberFaults.stop(kind, node, between(0.5, 2, share)));
            case KILL_CLIENT -> Optional.of(MemberFaults.kill(kind, client, "", between(0.2, 1, share)));
            case PAUSE_CLIENT -> Optional.of(MemberFaults.pause(kind, client, between(0.5, 3, share)));
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
            case CUT_OFF_SERVER -> servers.cutOff(kind, site, which, between(0.5, 3, share));
            case BLACKHOLE_ONE_SERVER -> servers.cutOff(kind, site, anybody(which), which / 16, between(0.3, 3, share));
            case RESTART_SERVER, KILL_SERVER, FREEZE_SERVER, FILL_DISK ->
                servers.onOne(kind, site, which, between(0.2, 1.5, share));
            case FULL_DISK -> servers.fullDisk(kind, site, between(0.5, 2, share));
            case KILL_LEADING_SERVER, FREEZE_LEADING_SERVER -> servers.onLeading(kind, site, between(0.5, 3, share));
            case KILL_MOST_SERVERS, FREEZE_MOST_SERVERS -> servers.onMost(kind, site, between(0.2, 1.2, share));
            case SKEW_CLOCK -> MemberFaults.skew(kind, anybody(which), which, between(1, 5, share));
            case EXHAUST_MEMORY -> Optional.of(MemberFaults.exhaustMemory(kind, node, between(0.5, 2, share)));
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
}
