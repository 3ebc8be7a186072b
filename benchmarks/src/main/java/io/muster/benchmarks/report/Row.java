package io.muster.benchmarks.report;

import java.util.OptionalDouble;

/**
 * One line of the result.
 *
 * @param ratioToCeiling median over the rounds of value ÷ ceiling of the same round, where there is a ceiling
 * @param ratioToBare the same with the drain without the burden that the measure names, where there is one
 */
public record Row(
        Measure measure,
        String system,
        String store,
        double median,
        double min,
        double max,
        int rounds,
        OptionalDouble ratioToCeiling,
        OptionalDouble ratioToBare) {}
