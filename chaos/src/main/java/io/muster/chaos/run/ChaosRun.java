package io.muster.chaos.run;

import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import io.muster.chaos.history.Scribe;
import io.muster.chaos.node.ClientMain;
import io.muster.chaos.node.NodeMain;
import io.muster.chaos.node.Piece;
import io.muster.cluster.ClusterException;
import io.muster.queue.Queue;
import io.muster.queue.QueueBuilder;
import io.muster.queue.schedule.Misfire;
import io.muster.queue.store.StoreException;
import io.muster.servers.FakeTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One run, from the first server to the last line of the history. */
public final class ChaosRun {
    private static final String SCHEDULE = "minute";
    private static final int MOST_MISSED_TICKS = 500;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final long SUPERVISE_MILLIS = 500;
    private static final int MOST_TRIES = 10;

    private final ChaosPlan plan;
    private final Consumer<String> progress;
    private final String namespace = "chaos-" + UUID.randomUUID().toString().substring(28);
    private final FakeTime clocks = FakeTime.locate();
    private volatile boolean over;

    public ChaosRun(ChaosPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Runs it and answers what was written.
     *
     * @throws ChaosException a process or server did not start
     */
    public History run() throws InterruptedException {
        try (Sites sites = Sites.open(plan, namespace);
                Scribe scribe = Scribe.of("driver", plan.folder())) {
            progress.accept(plan.nodes() + " nodes and " + plan.clients() + " clients on " + sites.description()
                    + "; history and logs in " + plan.folder());
            Optional<Member> opener = opener(sites);
            try (Queue queue = connected(sites);
                    Observer observer = new Observer(queue, sites.all(), scribe);
                    Cast cast = cast(sites, observer, opener)) {
                tell(sites, queue, scribe);
                supervise(cast);
                cast.awaitReady();
                register(queue, scribe);
                progress.accept("all are ready");
                rage(cast, queue, scribe);
                end(cast, queue, scribe);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            over = true;
        }
        return History.read(plan.folder());
    }

    private void rage(Cast cast, Queue queue, Scribe scribe) throws InterruptedException {
        Duration ttl = queue.cluster().session().effectiveTtl();
        Nemesis nemesis = new Nemesis(cast, new Faults(cast, ttl), scribe, plan, progress);
        if (plan.regime() == Regime.SOAK) {
            Rests rests = new Rests(plan, cast, queue, scribe, progress);
            new Soak(plan.length(), nemesis, rests, progress).run();
        } else {
            nemesis.rage(plan.length());
        }
    }

    private void end(Cast cast, Queue queue, Scribe scribe) throws InterruptedException {
        progress.accept("faults are over; waiting for everything to come to its end");
        cast.recover();
        enough();
        cast.clients().forEach(client -> client.awaitExit(STOP_LIMIT));
        Ending ending = new Ending(plan.folder(), queue, scribe);
        ending.awaitSettled();
        unregister(queue, scribe);
        ending.awaitSettled();
        ending.write();
        over = true;
        cast.all().forEach(Member::terminate);
        cast.all().forEach(member -> member.awaitExit(STOP_LIMIT));
    }

    private void enough() {
        try {
            Files.createFile(plan.folder().resolve(ClientMain.ENOUGH));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell clients to end", e);
        }
    }

    /** Right after its start, and on a busy machine, a server may be slow to answer. */
    private Queue connected(Sites sites) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return builder(sites).connect();
            } catch (ClusterException | StoreException e) {
                if (tries == MOST_TRIES) {
                    throw new ChaosException("No connection to " + sites.description(), e);
                }
                Thread.sleep(SUPERVISE_MILLIS);
            }
        }
    }

    private QueueBuilder builder(Sites sites) {
        QueueBuilder builder = Queue.named(namespace)
                .cluster(sites.coordinator().direct())
                .type(Piece.TYPE, Piece.class)
                .settings(now -> now.withSessionTtl(plan.ttl()));
        sites.store().map(Site::direct).or(sites::storeUri).ifPresent(builder::store);
        return builder;
    }

    private void tell(Sites sites, Queue queue, Scribe scribe) {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("command", plan.command());
        said.put("pair", plan.pair());
        said.put("seed", Long.toString(plan.seed()));
        said.put("minutes", Long.toString(plan.length().toMinutes()));
        said.put(
                "ttlMillis",
                Long.toString(queue.cluster().session().effectiveTtl().toMillis()));
        said.put(
                "slackMillis",
                Long.toString(queue.cluster().capabilities().expirySlack().toMillis()));
        said.put("batches", Boolean.toString(queue.store().capabilities().keepsBatches()));
        long remembers = Math.min(
                queue.store().capabilities().remembersIdsFor().toMillis(),
                plan.regime().retention().toMillis());
        said.put("remembersMillis", remembers > plan.length().toMillis() ? "0" : Long.toString(remembers));
        said.put("durability", queue.store().capabilities().durability());
        said.put("jobs", sites.jobs().name());
        said.put("sharedFile", Boolean.toString(sites.jobs().servers().isEmpty()));
        said.put("sessionLife", Boolean.toString(queue.cluster().capabilities().minimumSessionLife()));
        said.put(
                "replicated",
                sites.all().stream()
                        .filter(site -> !site.replicated().isEmpty())
                        .map(Site::name)
                        .collect(Collectors.joining(",")));
        scribe.write(Kind.RUN, said);
    }

    /** Whoever opens a file of H2 first keeps it open for the others: let that be a node, whose death leaves it to another process. */
    private Optional<Member> opener(Sites sites) throws InterruptedException {
        if (!sites.jobs().servers().isEmpty()) {
            return Optional.empty();
        }
        Member opener = node(sites, 1);
        opener.awaitReady(NodeMain.READY);
        return Optional.of(opener);
    }

    private Member node(Sites sites, int number) {
        return member(sites, "node-" + number, number - 1, NodeMain.class);
    }

    private Cast cast(Sites sites, Observer observer, Optional<Member> opener) {
        List<Member> nodes = IntStream.rangeClosed(1, plan.nodes())
                .mapToObj(i -> opener.filter(first -> i == 1).orElseGet(() -> node(sites, i)))
                .toList();
        List<Member> clients = IntStream.rangeClosed(1, plan.clients())
                .mapToObj(i -> member(sites, "client-" + i, plan.nodes() + i - 1, ClientMain.class))
                .toList();
        if (!clocks.isPossible()) {
            progress.accept("no clock will be skewed: " + clocks.reason());
        }
        if (sites.all().stream().allMatch(site -> site.disk().isEmpty())) {
            progress.accept(
                    "no disk will be full: groups of servers have none of their own, nor where this process may not mount");
        }
        return new Cast(nodes, clients, sites.all(), observer);
    }

    private Member member(Sites sites, String name, int process, Class<?> main) {
        List<Way> ways = sites.ways(process);
        List<String> words = new ArrayList<>(sites.settings(ways));
        words.addAll(List.of(
                "name=" + name,
                "seed=" + (plan.seed() * 100 + name.hashCode() % 100),
                "rate=" + plan.rate(),
                "retain=" + plan.regime().retention().toSeconds(),
                "muster.node-id=" + name,
                "muster.namespace=" + namespace,
                "muster.session-ttl=" + plan.ttl().toMillis() + "ms",
                "muster.heartbeat-interval=1s",
                "muster.worker-count=4",
                "muster.shutdown-grace=1s",
                "muster.reclaim-after=3m"));
        return new Member(name, main, words, plan.folder(), ways, clocks);
    }

    private void supervise(Cast cast) {
        Thread supervisor = new Thread(
                () -> {
                    while (!over) {
                        cast.all().stream()
                                .filter(member -> !member.name().startsWith("client")
                                        || !Files.exists(plan.folder().resolve(ClientMain.ENOUGH)))
                                .forEach(Member::supervise);
                        try {
                            Thread.sleep(SUPERVISE_MILLIS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            return;
                        }
                    }
                },
                "supervisor");
        supervisor.setDaemon(true);
        supervisor.start();
    }

    private static void register(Queue queue, Scribe scribe) {
        queue.schedule(SCHEDULE)
                .job(new Piece(SCHEDULE, "tick", 20, 0, ""))
                .everyMinute()
                .misfire(Misfire.all(MOST_MISSED_TICKS))
                .register();
        scribe.write(Kind.SCHEDULE, Map.of("schedule", SCHEDULE));
    }

    /** Ticks of the last seconds may not have fired yet. */
    private void unregister(Queue queue, Scribe scribe) {
        queue.schedules().remove(SCHEDULE);
        long grace = plan.ttl().multipliedBy(2).plusSeconds(5).toMillis();
        scribe.write(Kind.SCHEDULE, Map.of("schedule", SCHEDULE, "graceMillis", Long.toString(grace)));
    }
}
