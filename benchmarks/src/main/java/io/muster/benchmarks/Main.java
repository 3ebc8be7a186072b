package io.muster.benchmarks;

import io.muster.benchmarks.micro.MicroRun;
import io.muster.benchmarks.report.Bars;
import io.muster.benchmarks.report.JsonFile;
import io.muster.benchmarks.report.Machine;
import io.muster.benchmarks.report.Row;
import io.muster.benchmarks.report.SvgChart;
import io.muster.benchmarks.report.TextTable;
import io.muster.benchmarks.run.Bench;
import io.muster.benchmarks.run.Pace;
import io.muster.benchmarks.run.Progress;
import io.muster.benchmarks.run.Selection;
import io.muster.benchmarks.run.Settings;
import io.muster.benchmarks.run.Stages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code muster bench}. */
@Command(
        name = "muster bench",
        description = {
            "Measures Muster, its peers and the servers' own ceilings, side by side on this machine.",
            "Writes a table to standard output; docs/benchmarks.md says how to read it."
        },
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Option(names = "--quick", description = "Everything once and shorter: three minutes.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "WORD",
            description = "Systems, stores or measures, such as muster,redis,drain. Default: all.")
    private List<String> only = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Repeats. Default: 3, with --quick 1.")
    private @Nullable Integer rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as a JSON array.")
    private @Nullable Path json;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Also draw the result. Default: not, or beside the JSON file.")
    private @Nullable Path svg;

    @Option(names = "--micro", description = "Only what runs inside the process, by JMH; other options do not apply.")
    private boolean micro;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (micro) {
            MicroRun.run();
            return 0;
        }
        Machine machine = Machine.now();
        Pace pace = quick ? Pace.QUICK : Pace.FULL;
        if (rounds != null) {
            pace = pace.withRounds(rounds);
        }
        Progress progress = new Progress(System.err);
        Path scratch = Files.createTempDirectory("muster-bench-");
        progress.say("Logs of all processes: " + scratch);
        Bench bench = new Bench(Selection.of(only), pace, progress);
        bench.run(new Stages(scratch, cache()));
        List<Row> rows = bench.figures().rows();
        System.out.println(TextTable.text(rows));
        System.out.println("Bars, as ratios within this run:");
        Bars.judge(bench.figures()).forEach(System.out::println);
        System.out.println();
        List<String> notes = new ArrayList<>(List.of(machine.toString(), pace.toString()));
        notes.addAll(Settings.LINES);
        notes.addAll(bench.notes());
        notes.forEach(System.out::println);
        if (json != null) {
            JsonFile.write(rows, json);
        }
        Path chart = svg != null ? svg : json == null ? null : Path.of(json + ".svg");
        if (chart != null) {
            SvgChart.write(rows, notes, chart);
        }
        return 0;
    }

    private static Path cache() {
        String chosen = System.getenv("XDG_CACHE_HOME");
        Path root = chosen == null || chosen.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(chosen);
        return root.resolve("muster").resolve("bench");
    }
}
