/**
 * How a queue is: totals, a verdict over them, and who is told when they are high.
 *
 * <p>Read {@link io.muster.queue.health.QueueHealth} first. Verdicts are pure functions of figures and thresholds; {@link
 * io.muster.queue.health.Watchman} looks now and then, on a loop of its own, where it is told that it is its turn.
 */
@NullMarked
package io.muster.queue.health;

import org.jspecify.annotations.NullMarked;
