/** What runs in a process of its own: producers, workers and ceilings, told by lines on standard input what to do. */
@NullMarked
package io.muster.benchmarks.child;

import org.jspecify.annotations.NullMarked;
