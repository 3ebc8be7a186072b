/**
 * Translates the primitives of {@code cluster-api} to Redis.
 *
 * <p>Users need {@link io.muster.cluster.redis.RedisConfig} or a URI. To read the code, begin with {@code RedisKeys} (what is
 * kept where) and {@code RedisScripts} (each primitive is one script), then {@code RedisBackend}. {@link io.muster.redis.RedisConnection}
 * says when an outcome is unknown and when a server is left, {@code RedisSweep} how the end of a session is noticed.
 *
 * <p>Calls block their caller, never longer than its deadline. Lettuce's two I/O threads only hand over; the loops
 * {@code muster-redis-channels} and {@code muster-redis-sweep} keep subscriptions and expiry, and each watch and
 * subscription calls its listener on a loop of its own.
 *
 * <p>Redis replicates asynchronously: after a failover the last writes may be missing. Numbers still grow, by the server's
 * clock, so fences hold as well as the clocks of master and replica agree.
 */
@NullMarked
package io.muster.cluster.redis;

import org.jspecify.annotations.NullMarked;
