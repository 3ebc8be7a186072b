package io.muster.chaos;

import io.muster.chaos.check.Checker;
import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.draw.Drawing;
import io.muster.chaos.history.History;
import io.muster.chaos.run.ChaosPlan;
import io.muster.chaos.run.ChaosRun;
import io.muster.chaos.run.Regime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code muster chaos}. */
@Command(
        name = "muster chaos",
        description = {
            "Several node processes work and clients push, on real servers, while faults drawn from a seed happen to all of them:"
                    + " kill -9, SIGSTOP, cut and one-way networks, slow and lost answers, servers that restart, freeze or are full.",
            "Everything that is pushed, begun, ended and settled goes into a history; a checker reads that alone. Exit code 0 if"
                    + " every sentence held, 1 if not, 2 if the run could not be made."
        },
        mixinStandardHelpOptions = true,
        exitCodeOnExecutionException = 2,
        footer = {
            "",
            "Examples:",
            "  ./muster chaos --cluster etcd --store postgresql --minutes 2 --seed 7",
            "  ./muster chaos --cluster redis --timeline run.html",
            "  ./muster chaos --cluster etcd --servers 3 --store cluster",
            "  ./muster chaos --cluster consul --store redis-sentinel",
            "  ./muster chaos --check DIR                judges a history again"
        })
class ChaosCommand implements Callable<Integer> {
    @Option(
            names = "--cluster",
            paramLabel = "WHAT",
            description =
                    "embedded (ZooKeeper from its Maven artifact), redis, redis-sentinel, redis-cluster, etcd, consul or zookeeper,"
                            + " started for the run. Default: ${DEFAULT-VALUE}.")
    private String cluster = "embedded";

    @Option(
            names = "--servers",
            paramLabel = "N",
            description =
                    "Servers of the coordinator: 1, or 3 of etcd, consul or zookeeper, whose leader is killed and frozen then,"
                            + " and sometimes most of them. Default: ${DEFAULT-VALUE}.")
    private int servers = 1;

    @Option(
            names = "--store",
            paramLabel = "WHAT",
            description =
                    "redis, redis-sentinel, redis-cluster, postgresql, mariadb, h2, or cluster (in the coordinator itself). Default: what the cluster brings.")
    private @Nullable String store;

    @Option(names = "--minutes", paramLabel = "N", description = "How long faults happen. Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Which faults and pushes are drawn. Default: by the clock.")
    private long seed = System.currentTimeMillis() % 1_000_000;

    @Option(
            names = "--faults",
            paramLabel = "KIND",
            split = ",",
            description =
                    "Only these kinds of faults, such as skew-clock,kill-leader. Default: all; a wrong one tells which there are.")
    private List<String> faults = List.of();

    @Option(names = "--nodes", paramLabel = "N", description = "Node processes. Default: ${DEFAULT-VALUE}.")
    private int nodes = 3;

    @Option(names = "--clients", paramLabel = "N", description = "Processes that push. Default: ${DEFAULT-VALUE}.")
    private int clients = 2;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Pushes per second of each client. Default: ${DEFAULT-VALUE}.")
    private int rate = 6;

    @Option(
            names = "--history",
            paramLabel = "DIR",
            description = "Keeps history and logs there, also of a run without violations.")
    private @Nullable Path kept;

    @Option(
            names = "--timeline",
            paramLabel = "FILE",
            description = "Draws the run as HTML. Default: beside the history, if there is a violation.")
    private @Nullable Path timeline;

    @Option(names = "--check", paramLabel = "DIR", description = "Runs nothing; judges the history in this directory.")
    private @Nullable Path judged;

    private final Regime regime;

    ChaosCommand() {
        this(Regime.CHAOS, 2);
    }

    ChaosCommand(Regime regime, double minutes) {
        this.regime = regime;
        this.minutes = minutes;
    }

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(System.err);
        Path folder = judged != null ? judged : folder();
        History history = judged != null ? History.read(folder) : new ChaosRun(plan(folder), progress::say).run();
        Findings findings = Checker.check(history);
        System.out.println(ResultText.of(history, findings));
        Path drawing = timeline != null ? timeline : findings.isGood() ? null : folder.resolve("timeline.html");
        if (drawing != null) {
            Drawing.write(history, findings, drawing);
            System.out.println("Timeline: " + drawing);
        }
        if (judged == null && kept == null && findings.isGood()) {
            Scratch.delete(folder);
        } else {
            System.out.println("History: " + folder);
        }
        return findings.isGood() ? 0 : 1;
    }

    private ChaosPlan plan(Path folder) {
        return new ChaosPlan(
                regime,
                cluster,
                servers,
                Optional.ofNullable(store),
                Duration.ofMillis((long) (minutes * Duration.ofMinutes(1).toMillis())),
                seed,
                faults,
                nodes,
                clients,
                rate,
                folder,
                Duration.ofSeconds(2));
    }

    private Path folder() throws IOException {
        return kept == null
                ? Files.createTempDirectory("muster-chaos-")
                : Files.createDirectories(kept).toAbsolutePath();
    }
}
