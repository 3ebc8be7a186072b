package io.muster.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars per store and measure, each group to its own scale, with the range as a line; below it machine, versions and settings. */
public final class SvgChart {
    private static final int WIDTH = 900;
    private static final int LEFT = 330;
    private static final int BAR = 14;
    private static final int LONGEST = 400;
    private static final Map<String, String> COLOURS = Map.of("muster", "#1f6f8b", Figures.CEILING, "#b8b8b8");
    private static final String PEER = "#d98b4a";

    private final StringBuilder body = new StringBuilder();
    private int y = 40;

    private SvgChart() {}

    /** @param notes lines below the chart */
    public static String text(List<Row> rows, List<String> notes) {
        SvgChart chart = new SvgChart();
        groups(rows).forEach(chart::group);
        chart.y += 10;
        notes.forEach(note -> chart.line(10, note, "#555"));
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + (chart.y + 20)
                + "\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                + "<text x=\"10\" y=\"22\" font-size=\"16\">Muster, its peers and the servers’ own ceilings (grey)</text>\n"
                + chart.body + "</svg>\n";
    }

    public static void write(List<Row> rows, List<String> notes, Path file) {
        try {
            Files.writeString(file, text(rows, notes));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Map<String, List<Row>> groups(List<Row> rows) {
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            String title = row.store() + ": " + row.measure().label() + ", "
                    + row.measure().unit();
            groups.computeIfAbsent(title, key -> new ArrayList<>()).add(row);
        }
        return groups;
    }

    private void group(String title, List<Row> rows) {
        y += 8;
        line(10, title, "#000");
        double most = rows.stream().mapToDouble(Row::max).max().orElse(1);
        for (Row row : rows) {
            bar(row, LONGEST / Math.max(most, 1e-9));
        }
    }

    private void bar(Row row, double scale) {
        String colour = COLOURS.getOrDefault(row.system(), PEER);
        double middle = y - BAR / 2.0 + 3;
        body.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                        + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                        + "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"black\"/>"
                        + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                LEFT - 8,
                y,
                escaped(row.system()),
                LEFT,
                y - BAR + 4,
                row.median() * scale,
                BAR - 3,
                colour,
                LEFT + row.min() * scale,
                LEFT + row.max() * scale,
                middle,
                middle,
                LEFT + row.max() * scale + 6,
                y,
                escaped(TextTable.number(row.median()))));
        y += BAR;
    }

    private void line(int x, String text, String colour) {
        body.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n", x, y, colour, escaped(text)));
        y += BAR + 2;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
