/**
 * What a job is to its author: a class or record with a stable type name, options, and a handler.
 *
 * <p>Read {@link io.muster.queue.job.Job} first, and {@link io.muster.queue.job.Precedence} for who decides how it runs.
 * {@link io.muster.queue.job.JobTypes} is the only place where a type name leads to a class, and only classes
 * that this process registered are ever loaded for a payload.
 */
@NullMarked
package io.muster.queue.job;

import org.jspecify.annotations.NullMarked;
