package io.muster.chaos.soak;

import io.muster.chaos.history.Event;
import io.muster.chaos.history.History;
import io.muster.chaos.history.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges what is used at rest. At the end it must be what it was at the baseline, and under way the last third of the rests must not need more
 * than the first third, by their medians: what goes up and down is no drift. Both with a tolerance. A process that was begun anew is compared with itself
 * under way, and with the baseline of its first life at the end.
 */
public final class Drift {
    /** Fewer rests have no thirds. */
    private static final int LEAST = 6;

    private static final int THIRDS = 3;

    private Drift() {}

    /** Something that is used more and more. */
    public record Growth(String text, long nanos) {}

    public static List<Growth> of(History history) {
        List<Growth> found = new ArrayList<>();
        int losses = losses(history);
        for (Series series : Series.in(history)) {
            atTheEnd(series, losses, found);
            series.betweenByLife().forEach(life -> underWay(series, life, losses, found));
        }
        return found;
    }

    /** Sessions and processes that were begun after the first rest, each because another one was lost. */
    private static int losses(History history) {
        Set<String> before = new HashSet<>();
        Set<String> after = new HashSet<>();
        boolean rested = false;
        for (Event event : history.events()) {
            rested |= event.kind() == Kind.REST;
            String who = event.kind() == Kind.STARTED
                    ? event.text("pid")
                    : event.kind() == Kind.INCARNATION ? event.text("incarnation") : "";
            if (!who.isEmpty() && !before.contains(who)) {
                (rested ? after : before).add(who);
            }
        }
        return after.size();
    }

    private static void atTheEnd(Series series, int losses, List<Growth> found) {
        Tolerance tolerance = Tolerance.atTheEnd(series.figure(), losses);
        series.baseline().ifPresent(baseline -> series.last()
                .filter(last -> last.value() > tolerance.most(baseline.value()))
                .ifPresent(last -> found.add(new Growth(
                        text(series, "at the end", last.value(), "at the baseline", baseline.value(), tolerance),
                        last.nanos()))));
    }

    private static void underWay(Series series, List<Sample> life, int losses, List<Growth> found) {
        if (life.size() < LEAST) {
            return;
        }
        int third = life.size() / THIRDS;
        long early = median(life.subList(0, third));
        List<Sample> end = life.subList(life.size() - third, life.size());
        long late = median(end);
        Tolerance tolerance = Tolerance.underWay(series.figure(), losses);
        if (late > tolerance.most(early)) {
            found.add(new Growth(
                    text(series, "in the last third of the rests", late, "in the first third", early, tolerance),
                    end.get(0).nanos()));
        }
    }

    private static String text(Series series, String when, long value, String before, long then, Tolerance tolerance) {
        String figure = series.figure();
        return series + ": " + Tolerance.words(figure, value) + " " + when + ", " + Tolerance.words(figure, then) + " "
                + before + "; up to " + Tolerance.words(figure, tolerance.most(then)) + " is allowed";
    }

    /** Of an even number the lower one in the middle, so that one high figure out of two says nothing. */
    private static long median(List<Sample> samples) {
        long[] sorted = samples.stream().mapToLong(Sample::value).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    /** Each figure: at the baseline, the most at any rest, and at the end. Empty if the history has no rests. */
    public static Map<String, String> figures(History history) {
        Map<String, String> figures = new LinkedHashMap<>();
        for (Series series : Series.in(history)) {
            long most = series.samples().stream().mapToLong(Sample::value).max().orElse(0);
            figures.put(
                    "at rest: " + series,
                    words(series, series.baseline().map(Sample::value).orElse(0L)) + ", at most "
                            + words(series, most) + ", at the end "
                            + series.last()
                                    .map(last -> words(series, last.value()))
                                    .orElse("unknown"));
        }
        return figures;
    }

    private static String words(Series series, long value) {
        return Tolerance.words(series.figure(), value);
    }
}
