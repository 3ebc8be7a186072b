/** Muster, its peers and the servers' own ceilings measured side by side. Everything here takes the time itself: monotonic clocks of all processes of a machine agree, which is what latencies between processes are measured by. */
@NullMarked
package io.muster.benchmarks;

import org.jspecify.annotations.NullMarked;
