/**
 * Contracts of what jobs may ask for, kept on whole nodes: in the job store and, where a job says so, in a coordinator.
 *
 * <p>Read {@link io.muster.queue.testkit.job.OverlapContract} first.
 */
@NullMarked
package io.muster.queue.testkit.job;

import org.jspecify.annotations.NullMarked;
