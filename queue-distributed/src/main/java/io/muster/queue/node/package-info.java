/**
 * A process's life as a node: registered, admitted, at work, lost, and back as another incarnation.
 *
 * <p>{@link io.muster.queue.node.NodeLife} owns that cycle on one loop; {@link io.muster.queue.node.NodeReport} is what a node tells
 * the others of its pools.
 */
@NullMarked
package io.muster.queue.node;

import org.jspecify.annotations.NullMarked;
