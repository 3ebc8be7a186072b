/**
 * Keeps jobs in Redis or Valkey; the only package of this module that sees Lettuce.
 *
 * <p>Users need {@link io.muster.queue.redis.RedisStoreConfig} or a URI. To read the code, begin with {@code names.lua} (what is kept
 * where) and {@code records.lua} (what a job looks like), then the scripts of the operations, then {@code RedisStore}. {@code RedisConnection}
 * says when an outcome is unknown and when a server is left, {@code WriteCount} how a loss is seen.
 *
 * <p>Calls block their caller, never longer than the call timeout. Lettuce's two I/O threads only hand over; the loop
 * {@code redis-store-channels} keeps the subscriptions, {@code redis-store-hints} calls those who want to be told.
 */
@NullMarked
package io.muster.queue.redis;

import org.jspecify.annotations.NullMarked;
