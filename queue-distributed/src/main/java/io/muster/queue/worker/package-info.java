/**
 * Running jobs on a node: pools take what was assigned, call handlers, and settle.
 *
 * <p>Read {@link io.muster.queue.worker.WorkerPool} first; {@link io.muster.queue.worker.Verdict} holds the rules of retrying, as pure
 * functions. A pool has one loop, which owns all its state and does its I/O; handlers run on tasks of their own and only
 * post their end to the loop.
 */
@NullMarked
package io.muster.queue.worker;

import org.jspecify.annotations.NullMarked;
