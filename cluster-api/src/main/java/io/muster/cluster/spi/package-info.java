/**
 * What a coordinator must supply: eight primitives, from which every protocol in {@code io.muster.cluster} is built once.
 *
 * <p>Read {@link io.muster.cluster.spi.Backend} first, then {@link io.muster.cluster.spi.Transaction}. Whoever writes a
 * backend also runs the contract in {@code cluster-testkit}. Calls block on the caller's thread until their deadline at the
 * latest; listeners are called on threads of the backend's own, never on a client library's I/O or event thread.
 */
@NullMarked
package io.muster.cluster.spi;

import org.jspecify.annotations.NullMarked;
