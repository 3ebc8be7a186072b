/**
 * The promises of {@code cluster-api} inside one process, with manual time and injected faults: the backend to read first,
 * and the ground of every simulation.
 *
 * <p>Read {@link io.muster.cluster.local.LocalBackend} first: it translates the primitives to a
 * {@link io.muster.cluster.local.LocalCoordinator}, which stands for the server. {@link io.muster.cluster.local.ManualTimeline}
 * runs whole clusters in one thread. On a real timeline each watch, each subscription and each coordinator has one thread.
 */
@NullMarked
package io.muster.cluster.local;

import org.jspecify.annotations.NullMarked;
