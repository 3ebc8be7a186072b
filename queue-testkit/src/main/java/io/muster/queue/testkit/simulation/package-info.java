/**
 * Whole clusters inside one thread, with manual time and seeded faults: the same seed gives the same run.
 *
 * <p>Read {@link io.muster.queue.testkit.simulation.Simulation} first: it makes nodes, disturbs them, heals everything, and asks
 * {@link io.muster.queue.testkit.simulation.History} whether what was promised held.
 */
@NullMarked
package io.muster.queue.testkit.simulation;

import org.jspecify.annotations.NullMarked;
