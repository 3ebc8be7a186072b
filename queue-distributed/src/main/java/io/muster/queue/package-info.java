/**
 * The clustered job queue: push work, run it on whichever node has room, see what goes on.
 *
 * <p>Read {@link io.muster.queue.Queue} first; it only wires. Jobs and handlers are in {@code job}, pools in {@code worker}, the
 * leader's work in {@code distribution}, what a node does with its sessions in {@code node}, what a store must promise in {@code store}.
 */
@NullMarked
package io.muster.queue;

import org.jspecify.annotations.NullMarked;
