/**
 * Middleware that comes with the queue, and the way through middleware to a handler.
 *
 * <p>Read {@link io.muster.queue.job.Middleware} first, then {@link io.muster.queue.middleware.MiddlewareChain}. Everything here runs on
 * the thread of the attempt.
 */
@NullMarked
package io.muster.queue.middleware;

import org.jspecify.annotations.NullMarked;
