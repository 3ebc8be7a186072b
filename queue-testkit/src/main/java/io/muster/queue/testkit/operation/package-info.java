/**
 * Random operations on a whole cluster, compared with a simple model of what they come to.
 *
 * <p>Read {@link io.muster.queue.testkit.operation.RandomOperations} first: it draws what is done from a seed, does it to the cluster and to
 * {@link io.muster.queue.testkit.operation.JobModel}, and waits until both agree.
 */
@NullMarked
package io.muster.queue.testkit.operation;

import org.jspecify.annotations.NullMarked;
