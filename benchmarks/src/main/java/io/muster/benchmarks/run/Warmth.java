package io.muster.benchmarks.run;

import java.util.ArrayList;
import java.util.List;

/** Whether processes still become faster, by the rates of the drains that warm them up. */
final class Warmth {
    /** Drains differ by chance, so several together have to be no better than those before them. */
    private static final int LAST = 3;

    private static final double NO_BETTER = 1.05;

    private final List<Double> rates = new ArrayList<>();

    void drained(double perSecond) {
        rates.add(perSecond);
    }

    /** Whether the best of the last drains is hardly better than the best before. */
    boolean isSteady() {
        int before = rates.size() - LAST;
        return before > 0 && best(rates.subList(before, rates.size())) <= NO_BETTER * best(rates.subList(0, before));
    }

    private static double best(List<Double> some) {
        return some.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
