package io.muster.cli.demo;

import io.muster.cli.console.CommandFailedException;
import io.muster.cli.demo.LeaderKill.Killed;
import io.muster.cluster.time.Deadline;
import io.muster.cluster.time.Ticker;
import io.muster.cluster.time.Timeline;
import io.muster.examples.index.IndexFile;
import io.muster.examples.index.InputFiles;
import io.muster.examples.index.RunLog;
import io.muster.queue.Queue;
import io.muster.servers.ServerKind;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** One run of the demo, from the first server to the report. */
final class Demo {
    private static final String QUEUE = "default";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration PACE = Duration.ofMillis(50);
    private static final int PORTION = 500;

    private final DemoPlan plan;
    private final Closing closing;
    private final PrintWriter err;
    private final Progress.Kind progressKind;
    private final Timeline timeline;
    private final Ticker ticker;

    Demo(DemoPlan plan, Closing closing, PrintWriter err, Progress.Kind progressKind, Timeline timeline) {
        this.plan = plan;
        this.closing = closing;
        this.err = err;
        this.progressKind = progressKind;
        this.timeline = timeline;
        this.ticker = timeline.ticker();
    }

    /**
     * Runs it.
     *
     * @throws CommandFailedException it got stuck, or a node did not start
     */
    DemoReport run() {
        long beganNanos = ticker.nanos();
        Scratch scratch = closing.add(Scratch.create());
        InputFiles files = InputFiles.find(plan.input()).copyTo(scratch.input());
        List<IndexFile> jobs = files.jobs(plan.jobs().orElseGet(() -> Math.max(DemoPlan.LEAST_JOBS, files.size())));
        Progress progress = new Progress(err, progressKind, ticker, jobs.size());
        Optional<DemoStore> store = plan.store().map(named -> closing.add(DemoStore.open(named, scratch)));
        DemoPlan settled = store.map(opened -> plan.withStore(opened.uri())).orElse(plan);
        DemoCluster cluster = closing.add(open(settled, scratch, jobs.size()));
        progress.say(jobs.size() + " jobs from " + files.size() + " files; " + plan.nodes() + " nodes on "
                + cluster.description()
                + store.map(opened -> "; jobs in " + opened.description()).orElse(""));
        List<String> nodes = IntStream.rangeClosed(1, plan.nodes())
                .mapToObj(number -> "node-" + number)
                .toList();
        Queue queue = closing.add(
                cluster.client().type(IndexFile.TYPE.name(), IndexFile.class).connect());
        Stage stage = new Stage(cluster, queue, QUEUE, timeline);
        Leaders leaders = new Leaders(ticker);
        closing.add(queue.cluster().onLeader(Queue.GROUP, leaders));
        nodes.forEach(cluster::start);
        awaitNodes(stage);

        long pushedNanos = ticker.nanos();
        Map<String, String> pushed = push(queue, jobs, progress);
        DemoWatch watch = new DemoWatch(
                stage,
                leaders,
                new RunTail(scratch.results()),
                progress,
                jobs.size(),
                DemoWatch.Patience.forJobs(jobs.size()));
        Optional<Killed> killed = watch.untilSettled(plan.kill());
        Duration working = Duration.ofNanos(ticker.nanos() - pushedNanos);

        List<String> alive = new ArrayList<>(nodes);
        killed.ifPresent(gone -> alive.remove(gone.leader().node().name()));
        long completed = watch.completed();
        List<DemoReport.LeaderTerm> terms = leaders.all().stream()
                .map(seen -> new DemoReport.LeaderTerm(seen.node(), seen.term()))
                .toList();
        cluster.stop(alive);
        if (cluster.outlives()) {
            progress.say("What is left at " + cluster.description() + " lies in namespace " + scratch.name()
                    + " and may be deleted");
        }
        Comparison comparison = Comparison.of(pushed, RunLog.readAll(scratch.results()), files);
        return new DemoReport(
                cluster.description(),
                store.map(DemoStore::description),
                jobs.size(),
                Math.min(files.size(), jobs.size()),
                Math.max(comparison.missing(), (int) Math.max(0, jobs.size() - completed)),
                comparison.wrong(),
                comparison.handlerRuns(),
                comparison.crashes(),
                comparison.retries(),
                comparison.perNode(),
                terms,
                plan.kill() == DemoPlan.Kill.LEADER ? Optional.of(cluster.killing()) : Optional.empty(),
                watch.reclaimed(),
                killed.flatMap(gone -> leaders.after(gone.leader().term())
                        .map(next -> Duration.ofNanos(next.atNanos() - gone.atNanos()))),
                watch.reclaimTime(),
                working,
                Duration.ofNanos(ticker.nanos() - beganNanos));
    }

    private DemoCluster open(DemoPlan plan, Scratch scratch, int jobs) {
        String name = plan.cluster();
        if (name.equals("local") || name.startsWith("local:")) {
            return new LocalCluster(plan, jobs, scratch, timeline);
        }
        if (plan.store().map(store -> store.startsWith("memory:")).orElse(false)) {
            throw new CommandFailedException(
                    "memory: keeps jobs in one process, and each node is a process of its own. Leave --store out, or"
                            + " use --cluster local.");
        }
        if (name.contains(":")) {
            return ProcessCluster.at(name, plan, scratch);
        }
        return ProcessCluster.onServer(kind(name), plan, scratch);
    }

    private static ServerKind kind(String name) {
        if (name.equals("embedded")) {
            return ServerKind.ZOOKEEPER;
        }
        for (ServerKind kind : ServerKind.values()) {
            if (kind.isCoordinator() && kind.id().equals(name.toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw new CommandFailedException("Unknown cluster \"" + name
                + "\". Known: embedded, redis, etcd, consul, zookeeper, local, or a URI such as"
                + " redis://localhost:6379.");
    }

    private void awaitNodes(Stage stage) {
        Deadline deadline = stage.after(START_LIMIT);
        while (stage.queue().cluster().nodes().size() < plan.nodes()) {
            stage.cluster().trouble().ifPresent(trouble -> {
                throw new CommandFailedException(trouble);
            });
            if (deadline.expired()) {
                throw new CommandFailedException("Only "
                        + stage.queue().cluster().nodes().size() + " of " + plan.nodes() + " nodes joined within "
                        + START_LIMIT.toSeconds() + " s. Is this machine very busy? Try again with --nodes 2.");
            }
            stage.pause(PACE);
        }
    }

    /** In portions, so that one sees it going on; the nodes begin with the first. */
    private static Map<String, String> push(Queue queue, List<IndexFile> jobs, Progress progress) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (int from = 0; from < jobs.size(); from += PORTION) {
            List<IndexFile> portion = jobs.subList(from, Math.min(jobs.size(), from + PORTION));
            List<String> ids = queue.bulk(QUEUE, portion);
            for (int i = 0; i < ids.size(); i++) {
                keys.put(ids.get(i), portion.get(i).key());
            }
            progress.pushed(keys.size());
        }
        return keys;
    }
}
