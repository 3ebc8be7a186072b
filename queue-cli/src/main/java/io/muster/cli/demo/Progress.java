package io.muster.cli.demo;

import io.muster.cluster.time.Ticker;
import io.muster.queue.store.IncarnationRecord;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows how far the demo is, who leads and what each node holds: a bar on a terminal, now and then a line elsewhere. */
final class Progress {
    private static final int BAR = 30;
    private static final Duration BAR_PACE = Duration.ofMillis(100);
    private static final Duration LINE_PACE = Duration.ofSeconds(2);
    private static final String TO_LINE_START = "\r\033[2K";

    private final PrintWriter out;
    private final Kind kind;
    private final Ticker ticker;
    private final int total;
    private long shownAtNanos;
    private boolean barIsOpen;

    /** How progress is shown. */
    enum Kind {
        BAR,
        LINES
    }

    Progress(PrintWriter out, Kind kind, Ticker ticker, int total) {
        this.out = out;
        this.kind = kind;
        this.ticker = ticker;
        this.total = total;
        this.shownAtNanos = ticker.nanos();
    }

    /** Something happened that deserves a line. */
    void say(String line) {
        if (barIsOpen) {
            out.print(TO_LINE_START);
            barIsOpen = false;
        }
        out.println(line);
        out.flush();
    }

    /** So many jobs are pushed; shown if the last time is long enough ago. */
    void pushed(int jobs) {
        if (isTime()) {
            draw("pushed " + jobs + " of " + total + " jobs");
        }
    }

    /** How things stand; shown if the last time is long enough ago. */
    void show(int done, Optional<Leaders.Seen> leader, List<IncarnationRecord> holders) {
        if (isTime()) {
            draw(line(done, leader, holders));
        }
    }

    private boolean isTime() {
        Duration since = Duration.ofNanos(ticker.nanos() - shownAtNanos);
        boolean due = since.compareTo(kind == Kind.BAR ? BAR_PACE : LINE_PACE) >= 0;
        if (due) {
            shownAtNanos = ticker.nanos();
        }
        return due;
    }

    private void draw(String line) {
        if (kind == Kind.BAR) {
            out.print(TO_LINE_START + line);
            barIsOpen = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    private String line(int done, Optional<Leaders.Seen> leader, List<IncarnationRecord> holders) {
        int filled = total == 0 ? BAR : done * BAR / total;
        String bar = kind == Kind.BAR ? "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " : "";
        String leads = leader.map(now -> now.node() + " leads (term " + now.term() + ")")
                .orElse("nobody leads");
        String holds = holders.stream()
                .map(record -> record.node() + " " + record.held())
                .collect(Collectors.joining(", "));
        return bar + done + "/" + total + "  " + leads + (holds.isEmpty() ? "" : "  holding: " + holds);
    }
}
