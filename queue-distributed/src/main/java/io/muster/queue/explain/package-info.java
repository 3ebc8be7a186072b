/**
 * Why a job is not running, or what became of it: {@link io.muster.queue.explain.Explanation} with one
 * {@link io.muster.queue.explain.Cause} per reason.
 */
@NullMarked
package io.muster.queue.explain;

import org.jspecify.annotations.NullMarked;
