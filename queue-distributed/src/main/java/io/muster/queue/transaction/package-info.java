/**
 * Jobs that wait for the application's transactions. Begin with {@link io.muster.queue.transaction.TransactionBoundary}, which says when all have
 * committed; {@link io.muster.queue.transaction.JdbcBoundary} does so for connections of JDBC. Everything runs on the thread of the transaction.
 */
@NullMarked
package io.muster.queue.transaction;

import org.jspecify.annotations.NullMarked;
