/**
 * Translates the primitives of {@code cluster-api} to Redis; the only package that sees Lettuce.
 */
@NullMarked
package io.muster.cluster.redis;

import org.jspecify.annotations.NullMarked;
