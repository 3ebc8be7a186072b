package io.muster.chaos.draw;

import io.muster.chaos.history.History;
import io.muster.chaos.soak.Sample;
import io.muster.chaos.soak.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What was used at the rests of a soak: a chart for each figure, a line for each process or server; nothing if there were no rests. */
final class RestCharts {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 120;
    private static final int BOTTOM = 104;
    private static final int TOP = 14;
    private static final int LEFT = 8;
    private static final double MIB = 1 << 20;

    private final List<Series> all;
    private final Lanes lanes;

    RestCharts(History history, Lanes lanes) {
        this.all = Series.in(history);
        this.lanes = lanes;
    }

    void draw(StringBuilder html) {
        if (all.isEmpty()) {
            return;
        }
        Map<String, List<Series>> charts = new LinkedHashMap<>();
        for (Series series : all) {
            boolean isServer = series.samples().get(0).life().isEmpty();
            String title = isServer ? series.toString() : series.figure();
            charts.computeIfAbsent(title, none -> new ArrayList<>()).add(series);
        }
        html.append("<h2>At rest</h2><div class=\"rests\">");
        charts.forEach((title, lines) -> chart(html, title, lines));
        html.append("</div>");
    }

    private void chart(StringBuilder html, String title, List<Series> lines) {
        long most = lines.stream()
                .flatMap(series -> series.samples().stream())
                .mapToLong(Sample::value)
                .max()
                .orElse(0);
        html.append("<figure><figcaption>")
                .append(Drawing.escaped(title))
                .append("</figcaption>")
                .append(String.format(
                        Locale.ROOT,
                        "<svg viewBox=\"0 0 %1$d %2$d\"><line class=\"grid\" x1=\"0\" x2=\"%1$d\" y1=\"%3$d\" y2=\"%3$d\"/>"
                                + "<text class=\"soft\" x=\"%1$d\" y=\"10\" text-anchor=\"end\">%4$s</text>",
                        WIDTH,
                        HEIGHT,
                        BOTTOM,
                        words(title, most)));
        for (int i = 0; i < lines.size(); i++) {
            line(html, lines.get(i), Palette.ofNode(i), Math.max(1, most));
        }
        html.append("</svg></figure>");
    }

    /** A new life begins a new line. */
    private void line(StringBuilder html, Series series, String color, long most) {
        Map<String, List<Sample>> lives = series.samples().stream()
                .collect(Collectors.groupingBy(Sample::life, LinkedHashMap::new, Collectors.toList()));
        lives.values().forEach(life -> {
            String points = life.stream()
                    .map(sample -> String.format(Locale.ROOT, "%.1f,%.1f", x(sample), y(sample, most)))
                    .collect(Collectors.joining(" "));
            html.append("<polyline stroke=\"")
                    .append(color)
                    .append("\" points=\"")
                    .append(points)
                    .append("\"/>");
            life.forEach(sample -> html.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\"><title>%s at %s: %s</title></circle>",
                    x(sample),
                    y(sample, most),
                    color,
                    Drawing.escaped(series.of()),
                    lanes.clock(sample.nanos()),
                    words(series.figure(), sample.value()))));
        });
    }

    private double x(Sample sample) {
        double span = Math.max(1, lanes.lastNanos() - lanes.firstNanos());
        return LEFT + (WIDTH - 2 * LEFT) * (sample.nanos() - lanes.firstNanos()) / span;
    }

    private static double y(Sample sample, long most) {
        return BOTTOM - (BOTTOM - TOP) * ((double) sample.value() / most);
    }

    private static String words(String figure, long value) {
        return figure.endsWith("heap") || figure.endsWith("bytes")
                ? String.format(Locale.ROOT, "%.1f MiB", value / MIB)
                : Long.toString(value);
    }
}
