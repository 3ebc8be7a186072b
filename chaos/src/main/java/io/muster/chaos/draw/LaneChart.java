package io.muster.chaos.draw;

import io.muster.chaos.check.Accounts;
import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.check.Span;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens in the lanes. */
final class LaneChart {
    private static final int GRID_SECONDS = 10;
    private static final double SECOND = 1e9;

    private final Accounts accounts;
    private final Findings findings;
    private final Lanes lanes;

    LaneChart(Accounts accounts, Findings findings, Lanes lanes) {
        this.accounts = accounts;
        this.findings = findings;
        this.lanes = lanes;
    }

    void draw(StringBuilder svg) {
        svg.append(String.format(Locale.ROOT, "<svg width=\"%d\" height=\"%d\">", lanes.width(), lanes.height()));
        lanes.tops()
                .forEach((lane, top) -> rect(svg, "class=\"lane\"", 0, top, lanes.width(), Lanes.heightOf(lane), ""));
        grid(svg);
        leaders(svg);
        accounts.faults().forEach(span -> fault(svg, span));
        runs(svg);
        pushes(svg);
        findings.violations().stream()
                .filter(violation -> violation.nanos() > 0)
                .forEach(violation -> svg.append(String.format(
                        Locale.ROOT,
                        "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"0\" y2=\"%2$d\" stroke=\"%3$s\" stroke-width=\"2\"><title>%4$s</title></line>",
                        lanes.x(violation.nanos()),
                        lanes.height(),
                        Palette.VIOLATION,
                        Drawing.escaped(violation.rule() + ": " + violation.text()))));
        svg.append("</svg>");
    }

    private void grid(StringBuilder svg) {
        for (int second = 0; second <= lanes.seconds(); second += GRID_SECONDS) {
            double x = lanes.x(lanes.firstNanos() + (long) (second * SECOND));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"18\" y2=\"%2$d\"/><text class=\"soft\" x=\"%3$.1f\" y=\"13\">%4$d:%5$02d</text>",
                    x,
                    lanes.height(),
                    x + 2,
                    second / 60,
                    second % 60));
        }
    }

    /** A term reaches from the first sight of it to the first sight of the next. */
    private void leaders(StringBuilder svg) {
        List<Event> terms = new ArrayList<>();
        for (Event seen : accounts.history().of(Kind.LEADER)) {
            if (terms.isEmpty() || terms.get(terms.size() - 1).number("term") < seen.number("term")) {
                terms.add(seen);
            }
        }
        List<String> names = new ArrayList<>(lanes.tops().keySet());
        for (int i = 0; i < terms.size(); i++) {
            Event term = terms.get(i);
            double from = lanes.x(term.nanos());
            double to = i + 1 < terms.size() ? lanes.x(terms.get(i + 1).nanos()) : lanes.width();
            int top = lanes.top(Lanes.LEADER);
            String fill = "fill=\"" + Palette.ofNode(names.indexOf(term.text("node"))) + "\"";
            String title = term.text("node") + ", term " + term.text("term");
            rect(svg, fill + " rx=\"3\"", from, top, Math.max(1, to - from - 1), Lanes.LEADER_HEIGHT, title);
            if (to - from > 60) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\" style=\"fill:#fff\">%s</text>",
                        from + 6,
                        top + 15,
                        Drawing.escaped(term.text("node"))));
            }
        }
    }

    private void fault(StringBuilder svg, Span span) {
        if (!lanes.tops().containsKey(span.target())) {
            return;
        }
        String color = Palette.ofFault(span.fault());
        double from = lanes.x(span.from());
        double width = Math.max(2, lanes.x(span.to()) - from);
        int top = lanes.top(span.target());
        String title = String.format(
                Locale.ROOT,
                "%s: %s at %s for %.1f s",
                span.target(),
                span.fault(),
                lanes.clock(span.from()),
                (span.to() - span.from()) / SECOND);
        rect(
                svg,
                "class=\"band\" fill=\"" + color + "\" stroke=\"" + color + "\"",
                from,
                top,
                width,
                Lanes.heightOf(span.target()),
                title);
        if (width > 7.0 * span.fault().length()) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"soft\" x=\"%.1f\" y=\"%d\">%s</text>",
                    from + 3,
                    top + 11,
                    Drawing.escaped(span.fault())));
        }
    }

    /** Each in the first row of its node's lane that is free. */
    private void runs(StringBuilder svg) {
        Map<String, Event> ends = new HashMap<>();
        accounts.history()
                .of(Kind.ENDED)
                .forEach(end -> ends.put(end.process() + end.text("job") + "#" + end.text("fence"), end));
        Map<String, long[]> rows = new HashMap<>();
        int rowHeight = (Lanes.NODE_HEIGHT - 16) / Lanes.SLOTS;
        for (Event begin : accounts.history().of(Kind.BEGAN)) {
            Event end = ends.get(begin.process() + begin.text("job") + "#" + begin.text("fence"));
            long until = end == null ? begin.nanos() : end.nanos();
            long[] busy = rows.computeIfAbsent(begin.process(), node -> new long[Lanes.SLOTS]);
            int row = 0;
            while (row < Lanes.SLOTS - 1 && busy[row] > begin.nanos()) {
                row++;
            }
            busy[row] = until;
            double x = lanes.x(begin.nanos());
            String title = begin.text("plan") + "/" + begin.text("part") + " attempt " + begin.text("attempt")
                    + ", token " + begin.text("fence") + ", at " + lanes.clock(begin.nanos());
            rect(
                    svg,
                    "class=\"run\" fill=\"" + color(end) + "\"",
                    x,
                    lanes.top(begin.process()) + 14.0 + row * rowHeight,
                    Math.max(1.5, lanes.x(until) - x),
                    rowHeight - 1.5,
                    title);
        }
    }

    private static String color(@Nullable Event end) {
        if (end == null) {
            return Palette.CUT_OFF;
        }
        return switch (end.text("how")) {
            case "done" -> Palette.DONE;
            case "threw" -> Palette.THREW;
            default -> Palette.STOPPED;
        };
    }

    private void pushes(StringBuilder svg) {
        for (Event told : accounts.history().of(Kind.PUSHED)) {
            String outcome = told.text("outcome");
            boolean plain = Arrays.asList("pushed", "duplicate").contains(outcome);
            String fill = plain ? Palette.PUSHED : outcome.equals("unknown") ? Palette.UNKNOWN : Palette.REFUSED;
            rect(
                    svg,
                    "fill=\"" + fill + "\"",
                    lanes.x(told.nanos()),
                    lanes.top(told.process()) + (plain ? 13.0 : 5.0),
                    plain ? 1 : 2.5,
                    plain ? 9 : 17,
                    plain ? "" : told.text("plan") + ": " + outcome + " " + told.text("why"));
        }
    }

    private static void rect(
            StringBuilder svg, String how, double x, double y, double width, double height, String title) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect %s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
                how,
                x,
                y,
                width,
                height));
        svg.append(title.isEmpty() ? "/>" : "><title>" + Drawing.escaped(title) + "</title></rect>");
    }
}
