/** The recipes: sessions, membership, locks, leases, elections, broadcast, each written once above the primitives. */
@NullMarked
package io.muster.cluster.internal;

import org.jspecify.annotations.NullMarked;
