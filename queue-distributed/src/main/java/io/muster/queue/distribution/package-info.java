/**
 * The leader's work: who gets what, whose jobs are taken back, what becomes due.
 *
 * <p>{@link io.muster.queue.distribution.Planner} decides, as a pure function of a snapshot;
 * {@link io.muster.queue.distribution.Distributor} is the thin loop around it, which runs only while this node leads. What happens
 * to a node that vanished stands in {@link io.muster.queue.distribution.Undertaker}.
 */
@NullMarked
package io.muster.queue.distribution;

import org.jspecify.annotations.NullMarked;
