/**
 * An HTTP service of several processes that gives itself work: each process takes requests, dispatches jobs, works on those
 * of all, and shows the cluster's stats and nodes. Start reading at {@link io.muster.examples.service.ServiceMain}.
 */
@NullMarked
package io.muster.examples.service;

import org.jspecify.annotations.NullMarked;
