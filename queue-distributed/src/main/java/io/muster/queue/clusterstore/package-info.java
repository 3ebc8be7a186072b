/**
 * Jobs kept in the coordinator itself, through the primitives that every backend supplies: one implementation for all of them.
 *
 * <p>Read {@link io.muster.queue.clusterstore.ClusterStore} first, then {@link io.muster.queue.clusterstore.StoreKeys}, which
 * is the layout. All consistency comes from compares in transactions; caches only save reads. A job is one document, and
 * where it lies is its state:
 *
 * <pre>
 *  delayed/&lt;queue&gt; ─due─▶ ready/&lt;queue&gt; ─assign─▶ held/&lt;incarnation&gt; (ASSIGNED, then RUNNING) ─▶ gone, or failed/&lt;queue&gt;
 * </pre>
 */
@NullMarked
package io.muster.queue.clusterstore;

import org.jspecify.annotations.NullMarked;
