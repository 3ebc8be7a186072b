package io.muster.chaos.draw;

import io.muster.chaos.check.Accounts;
import io.muster.chaos.check.Checker.Findings;
import io.muster.chaos.check.Violation;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A run as one page of HTML, without scripts and without anything from elsewhere. */
public final class Drawing {
    private static final String STYLE =
            """
            :root{--ink:#1d2733;--soft:#66758a;--line:#dfe5ec;--paper:#fff;--wash:#f5f7fa}
            @media(prefers-color-scheme:dark){:root{--ink:#e6edf5;--soft:#93a3b8;--line:#2b3644;--paper:#141a21;--wash:#1b232d}}
            body{font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:28px}
            h1{font-size:20px;margin:0 0 2px}p{margin:0 0 14px;color:var(--soft)}
            .good{color:#1a8f57}.bad{color:#d23c3c}
            .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:2px 22px;margin:0 0 16px;font-size:13px}
            .facts div{display:flex;justify-content:space-between;gap:10px;border-bottom:1px solid var(--line)}
            .facts span{color:var(--soft)}.facts b{font-weight:600;text-align:right}
            .chart{display:flex;border:1px solid var(--line);border-radius:8px;overflow:hidden}
            .chart>div{overflow-x:auto;flex:1}.chart svg{display:block}
            text{font:12px system-ui,sans-serif;fill:var(--ink)}text.soft{fill:var(--soft);font-size:11px}
            .lane{fill:var(--wash)}.grid{stroke:var(--line)}
            .key{display:flex;flex-wrap:wrap;gap:4px 16px;margin:10px 0 18px;font-size:12px;color:var(--soft)}
            .key i{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:5px}
            .band{fill-opacity:.26;stroke-opacity:.8}.run{rx:1.5}
            .rests{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:14px}
            .rests figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:8px 10px}.rests figcaption{font-size:13px}
            .rests svg{display:block;width:100%}.rests polyline{fill:none;stroke-width:1.8}
            ul{padding-left:18px}li{margin-bottom:4px}
            """;

    private static final Map<String, String> FAULTS = Map.of(
            "killed", "kill",
            "paused", "pause",
            "network", "cut",
            "server", "restart server",
            "disk", "fill disk",
            "clock", "skew clock",
            "memory", "exhaust memory");

    private Drawing() {}

    /** Writes the page. */
    public static void write(History history, Findings findings, Path file) throws IOException {
        Files.writeString(file, page(history, findings), StandardCharsets.UTF_8);
    }

    static String page(History history, Findings findings) {
        Accounts accounts = new Accounts(history);
        Event run = accounts.run();
        Lanes lanes = Lanes.of(accounts);
        StringBuilder html = new StringBuilder(1 << 16);
        html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escaped(run.text("pair")))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>")
                .append(escaped(run.text("pair")))
                .append(
                        findings.isGood()
                                ? " <span class=\"good\">held</span>"
                                : " <span class=\"bad\">"
                                        + findings.violations().size() + " violations</span>")
                .append("</h1><p><code>")
                .append(escaped(run.text("command")))
                .append("</code></p><div class=\"facts\">");
        findings.figures().forEach((name, value) -> html.append("<div><span>")
                .append(escaped(name))
                .append("</span><b>")
                .append(escaped(value))
                .append("</b></div>"));
        html.append("</div>");
        list(html, "Violations", findings.violations(), lanes);
        list(html, "Lost as declared", findings.declared(), lanes);
        html.append("<div class=\"chart\">").append(lanes.labels()).append("<div>");
        new LaneChart(accounts, findings, lanes).draw(html);
        html.append("</div></div>");
        key(html);
        new RestCharts(accounts.history(), lanes).draw(html);
        return html.append("</body></html>\n").toString();
    }

    private static void list(StringBuilder html, String title, List<Violation> violations, Lanes lanes) {
        if (violations.isEmpty()) {
            return;
        }
        html.append("<h2>").append(title).append("</h2><ul>");
        violations.forEach(violation -> html.append("<li><b>")
                .append(escaped(violation.rule()))
                .append("</b> at ")
                .append(lanes.clock(violation.nanos()))
                .append(": ")
                .append(escaped(violation.text()))
                .append("</li>"));
        html.append("</ul>");
    }

    private static void key(StringBuilder html) {
        html.append("<div class=\"key\">");
        FAULTS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> swatch(html, Palette.ofFault(entry.getValue()), entry.getKey()));
        swatch(html, Palette.DONE, "handler ended well");
        swatch(html, Palette.THREW, "handler threw");
        swatch(html, Palette.STOPPED, "handler was interrupted");
        swatch(html, Palette.CUT_OFF, "handler died with its process");
        swatch(html, Palette.PUSHED, "push acknowledged");
        swatch(html, Palette.UNKNOWN, "outcome unknown");
        swatch(html, Palette.REFUSED, "refused");
        html.append("</div>");
    }

    private static void swatch(StringBuilder html, String color, String words) {
        html.append("<span><i style=\"background:")
                .append(color)
                .append("\"></i>")
                .append(words)
                .append("</span>");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
