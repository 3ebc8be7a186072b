package io.muster.benchmarks.report;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** All values that were measured, by round. Thread-safe. */
public final class Figures {
    /** The system whose values are the server's own limit. */
    public static final String CEILING = "ceiling";

    /** Muster without the burden that the measure names, just before it. */
    public static final String BARE = "muster-bare";

    @GuardedBy("this")
    private final Map<Key, Map<Integer, Double>> values = new LinkedHashMap<>();

    private record Key(Measure measure, String system, String store) {}

    public synchronized void add(Measure measure, String system, String store, int round, double value) {
        values.computeIfAbsent(new Key(measure, system, store), key -> new LinkedHashMap<>())
                .put(round, value);
    }

    /** In the order in which they were first measured. */
    public synchronized List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        values.forEach((key, rounds) -> rows.add(row(key, rounds)));
        return rows;
    }

    public synchronized Optional<Row> find(Measure measure, String system, String store) {
        Key key = new Key(measure, system, store);
        return Optional.ofNullable(values.get(key)).map(rounds -> row(key, rounds));
    }

    /** Median over the rounds that both have of {@code value ÷ other}. */
    public synchronized OptionalDouble ratio(
            Measure measure, String system, Measure otherMeasure, String other, String store) {
        Map<Integer, Double> above = values.getOrDefault(new Key(measure, system, store), Map.of());
        Map<Integer, Double> below = values.getOrDefault(new Key(otherMeasure, other, store), Map.of());
        double[] ratios = above.entrySet().stream()
                .mapToDouble(entry -> entry.getValue() / below.getOrDefault(entry.getKey(), Double.NaN))
                .filter(Double::isFinite)
                .toArray();
        return ratios.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(ratios));
    }

    private Row row(Key key, Map<Integer, Double> rounds) {
        double[] sorted = rounds.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        OptionalDouble ratio = key.system().equals(CEILING)
                ? OptionalDouble.empty()
                : ratio(key.measure(), key.system(), ceilingOf(key.measure()), CEILING, key.store());
        OptionalDouble toBare = key.system().equals(BARE)
                ? OptionalDouble.empty()
                : ratio(key.measure(), key.system(), key.measure(), BARE, key.store());
        return new Row(
                key.measure(),
                key.system(),
                key.store(),
                median(sorted),
                sorted[0],
                sorted[sorted.length - 1],
                sorted.length,
                ratio,
                toBare);
    }

    /** However many nodes drain, the server is one. */
    private static Measure ceilingOf(Measure measure) {
        return measure.isRate() && measure.id().startsWith("drain") ? Measure.DRAIN : measure;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
