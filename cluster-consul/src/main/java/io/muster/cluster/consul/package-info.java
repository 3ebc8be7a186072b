/**
 * Translates the primitives of {@code cluster-api} to Consul; the only package that sees its client.
 *
 * <p>Read {@code ConsulBackend} first, then {@code ConsulTransactions} (how compares and writes become one
 * {@code /v1/txn}) and {@code ConsulSession} (why sessions hang on a health check). All requests go through
 * {@code ConsulHttp}, which adds what the client lacks: deadlines, headers, a way to cut a call off.
 *
 * <p>Threads: callers' threads run their own requests; one loop per watched directory waits in a blocking query, one loop
 * per listener calls it, one loop per backend cuts overdue calls off.
 */
@NullMarked
package io.muster.cluster.consul;

import org.jspecify.annotations.NullMarked;
