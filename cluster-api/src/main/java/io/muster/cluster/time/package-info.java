/**
 * Time, threads and randomness as parameters.
 *
 * <p>Nothing in Muster asks the system what time it is, starts a thread or draws a random number on its own: it is handed
 * a {@link io.muster.cluster.time.Timeline}. {@link io.muster.cluster.time.SystemTimeline} is the real one; a manual one
 * (in {@code cluster-local}) runs whole clusters inside one test thread. Read {@code Timeline} first, then
 * {@link io.muster.cluster.time.Deadline}.
 */
@NullMarked
package io.muster.cluster.time;

import org.jspecify.annotations.NullMarked;
