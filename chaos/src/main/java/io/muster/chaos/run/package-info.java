/** Starts servers and processes, and lets faults happen to them. */
@NullMarked
package io.muster.chaos.run;

import org.jspecify.annotations.NullMarked;
