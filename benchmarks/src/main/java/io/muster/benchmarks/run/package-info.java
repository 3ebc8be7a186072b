/** The order of events: servers, processes, rounds. */
@NullMarked
package io.muster.benchmarks.run;

import org.jspecify.annotations.NullMarked;
