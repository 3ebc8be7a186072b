/**
 * Limits that hold for all nodes together: what a limit is, and how a node asks the store for permits in blocks.
 *
 * <p>Read {@link io.muster.queue.limit.Limit} first. The middleware that use them are
 * {@link io.muster.queue.middleware.RateLimited} and {@link io.muster.queue.middleware.ThrottlesExceptions}; the rules of a window are
 * {@link io.muster.queue.store.LimitWindow}.
 */
@NullMarked
package io.muster.queue.limit;

import org.jspecify.annotations.NullMarked;
