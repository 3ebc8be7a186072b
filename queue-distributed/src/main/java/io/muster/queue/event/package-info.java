/**
 * Facts about a queue as this process sees them, for listeners that must not slow it down.
 *
 * <p>Read {@link io.muster.queue.event.QueueEvent} first: each kind is a record of it. {@link io.muster.queue.event.Events} hands them to
 * listeners on a loop of its own, which exists only if somebody listens. Nothing is done, not even a record made, for a kind of
 * event that nobody wants.
 */
@NullMarked
package io.muster.queue.event;

import org.jspecify.annotations.NullMarked;
