/**
 * Jobs that failed for good, as people look at them and decide: run again, or forget.
 *
 * <p>Read {@link io.muster.queue.failed.FailedJobs} first, then {@link io.muster.queue.failed.FailedJob}. The jobs themselves stay in
 * the store of their connection; nothing here keeps state or has a thread.
 */
@NullMarked
package io.muster.queue.failed;

import org.jspecify.annotations.NullMarked;
