/**
 * Translates the primitives of {@code cluster-api} to Consul; the only package that sees its client.
 */
@NullMarked
package io.muster.cluster.consul;

import org.jspecify.annotations.NullMarked;
