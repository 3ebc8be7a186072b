/** Figures, what becomes of them on paper, and the bars. */
@NullMarked
package io.muster.benchmarks.report;

import org.jspecify.annotations.NullMarked;
