/**
 * Checks whether what several clients did at once to a shared object, and what they were told, could have been done by one
 * client after the other: linearizability. The search is that of Wing and Gong with Lowe's memory of what was tried, as in
 * Knossos and Porcupine, one search per key.
 *
 * <p>{@link io.muster.cluster.testkit.linearizability.OwnershipModel} is the object that locks, leases and elections are:
 * one owner at a time, each with a larger fencing token than all before. Holds that end by themselves are operations too,
 * which may take effect at any time from the moment at which the promises first allow it.
 */
@NullMarked
package io.muster.cluster.testkit.linearizability;

import org.jspecify.annotations.NullMarked;
