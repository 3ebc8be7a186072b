/**
 * The driver that keeps nothing: {@link io.muster.queue.sync.SyncJobs} runs a job on its caller's thread, and after it whatever follows on it; keys,
 * batches and limits are this process's own. Begin with that class.
 */
@NullMarked
package io.muster.queue.sync;

import org.jspecify.annotations.NullMarked;
