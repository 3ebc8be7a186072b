package io.muster.benchmarks.run;

import io.muster.benchmarks.report.Measure;
import java.time.Duration;

/** A program that is no queue and measures one thing, beside which a queue is put. */
record Yardstick(String system, Measure measure, Run run) {
    /** Measures for about that long; answers in the unit of the measure. */
    interface Run {
        double measure(Duration length);
    }
}
