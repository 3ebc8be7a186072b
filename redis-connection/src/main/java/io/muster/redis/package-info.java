/**
 * What the backend and the store on Redis share: an address ({@link io.muster.redis.RedisAddress}), the search for the master
 * ({@link io.muster.redis.RedisConnector}), requests whose outcome is known or said to be unknown ({@link io.muster.redis.RedisConnection}),
 * subscriptions ({@link io.muster.redis.RedisChannels}) and what errors mean ({@link io.muster.redis.RedisErrors}). What is kept in
 * Redis, and the scripts, belong to the two that use it. Not meant for applications, but for the address in a config.
 */
@NullMarked
package io.muster.redis;

import org.jspecify.annotations.NullMarked;
