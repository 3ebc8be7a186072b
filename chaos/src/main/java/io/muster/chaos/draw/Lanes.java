package io.muster.chaos.draw;

import io.muster.chaos.check.Accounts;
import io.muster.chaos.history.Event;
import io.muster.chaos.history.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Where things are on the page: a lane for each process and server from top to bottom, time from left to right. */
record Lanes(Map<String, Integer> tops, int height, long firstNanos, long lastNanos) {
    static final int LEADER_HEIGHT = 22;
    static final int NODE_HEIGHT = 62;
    static final int OTHER_HEIGHT = 26;
    static final int SLOTS = 6;
    static final String LEADER = "leader";
    private static final int GAP = 6;
    private static final int TOP = 26;
    private static final int LABEL_WIDTH = 104;
    private static final double PIXELS_PER_SECOND = 12;
    private static final double SECOND = 1e9;
    private static final int LEAST_WIDTH = 1100;

    static Lanes of(Accounts accounts) {
        List<Event> events = accounts.history().events();
        Map<String, Integer> tops = new LinkedHashMap<>();
        int y = TOP;
        Set<String> faulty =
                accounts.faults().stream().map(span -> span.target()).collect(Collectors.toCollection(TreeSet::new));
        for (String site : List.of("coordinator", "store")) {
            if (site.equals("coordinator") || faulty.contains(site)) {
                tops.put(site, y);
                y += OTHER_HEIGHT + GAP;
            }
        }
        tops.put(LEADER, y);
        y += LEADER_HEIGHT + GAP;
        Map<Boolean, TreeSet<String>> processes = accounts.history().of(Kind.STARTED).stream()
                .collect(Collectors.partitioningBy(
                        event -> event.text("role").equals("node"),
                        Collectors.mapping(Event::process, Collectors.toCollection(TreeSet::new))));
        for (String node : processes.getOrDefault(true, new TreeSet<>())) {
            tops.put(node, y);
            y += NODE_HEIGHT + GAP;
        }
        for (String client : processes.getOrDefault(false, new TreeSet<>())) {
            tops.put(client, y);
            y += OTHER_HEIGHT + GAP;
        }
        return new Lanes(
                tops, y, events.get(0).nanos(), events.get(events.size() - 1).nanos());
    }

    static int heightOf(String lane) {
        return lane.equals(LEADER) ? LEADER_HEIGHT : lane.startsWith("node") ? NODE_HEIGHT : OTHER_HEIGHT;
    }

    double x(long nanos) {
        return (nanos - firstNanos) / SECOND * scale();
    }

    int width() {
        return (int) Math.ceil((lastNanos - firstNanos) / SECOND * scale()) + 2;
    }

    double seconds() {
        return (lastNanos - firstNanos) / SECOND;
    }

    private double scale() {
        return Math.max(PIXELS_PER_SECOND, LEAST_WIDTH / Math.max(1, seconds()));
    }

    int top(String lane) {
        return tops.getOrDefault(lane, 0);
    }

    String clock(long nanos) {
        double at = Math.max(0, (nanos - firstNanos) / SECOND);
        return String.format(Locale.ROOT, "%02d:%06.3f", (int) at / 60, at % 60);
    }

    /** The names of the lanes, beside what scrolls. */
    String labels() {
        StringBuilder svg = new StringBuilder(1000);
        svg.append("<svg width=\"")
                .append(LABEL_WIDTH)
                .append("\" height=\"")
                .append(height)
                .append("\">");
        tops.forEach((lane, top) -> svg.append("<text x=\"12\" y=\"")
                .append(top + heightOf(lane) / 2 + 4)
                .append("\">")
                .append(Drawing.escaped(lane))
                .append("</text>"));
        return svg.append("</svg>").toString();
    }
}
