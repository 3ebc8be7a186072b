/**
 * What a cluster promises: sessions, membership, locks, leases, elections and broadcast.
 *
 * <p>Read {@link io.muster.cluster.Cluster} first; {@link io.muster.cluster.ClusterOptions} holds the settings. Listeners are
 * called on loops of the cluster's own, one call at a time and in order; one that blocks delays its siblings of the same
 * kind and nothing else, never a renewal.
 */
@NullMarked
package io.muster.cluster;

import org.jspecify.annotations.NullMarked;
