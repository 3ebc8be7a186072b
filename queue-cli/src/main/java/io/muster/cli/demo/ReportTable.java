package io.muster.cli.demo;

import io.muster.cli.console.Table;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The report for people. */
final class ReportTable {
    private ReportTable() {}

    static String of(DemoReport report) {
        Table nodes = new Table("NODE", "JOBS", "TERMS LED");
        report.perNode().forEach((node, jobs) -> nodes.row(node, jobs, terms(report, node)));
        Table figures = new Table("", "")
                .row("jobs", report.jobs() + " from " + report.files() + " files")
                .row("handler runs", report.handlerRuns())
                .row("crashes", report.crashes())
                .row("retries", report.retries());
        report.kill().ifPresent(kill -> figures.row("leader killed", kill)
                .row("jobs it held, reclaimed", report.reclaimed())
                .row("kill to new leader", millis(report.newLeader()))
                .row("kill to last job reclaimed", millis(report.reclaim())));
        figures.row("lost", report.lost())
                .row("wrong", report.wrong())
                .row("jobs took", seconds(report.working()))
                .row("all took", seconds(report.whole()));
        return nodes
                + figures.toString().stripTrailing()
                + System.lineSeparator()
                + System.lineSeparator()
                + verdict(report);
    }

    private static String terms(DemoReport report, String node) {
        return report.leaders().stream()
                .filter(leader -> leader.node().equals(node))
                .map(leader -> Long.toString(leader.term()))
                .collect(Collectors.joining(" "));
    }

    private static String verdict(DemoReport report) {
        if (report.isGood()) {
            return "Every job has the result of a plain sequential run; nothing was lost.";
        }
        if (report.lost() > 0 || report.wrong() > 0) {
            return "FAILED: " + report.lost() + " jobs lost, " + report.wrong() + " with a wrong result.";
        }
        return "FAILED: the killed leader held no job, so nothing was proved; run it again.";
    }

    private static String millis(Optional<Duration> duration) {
        return duration.map(time -> time.toMillis() + " ms").orElse("not seen");
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", DemoReport.seconds(duration));
    }
}
