/**
 * Running jobs on a node: pools take what was assigned, call handlers, and settle.
 *
 * <p>Read {@link io.muster.queue.worker.WorkerPool} first; {@link io.muster.queue.worker.Verdict} holds the rules of retrying, as pure
 * functions. A pool has one loop, which owns its state and does its I/O; handlers run on tasks of their own
 * ({@link io.muster.queue.worker.Runner}), which meet the loop in {@link io.muster.queue.worker.Slots}: there they leave what ended and find
 * what is next.
 */
@NullMarked
package io.muster.queue.worker;

import org.jspecify.annotations.NullMarked;
