/**
 * Translates the primitives of {@code cluster-api} to etcd; the only package that sees jetcd.
 */
@NullMarked
package io.muster.cluster.etcd;

import org.jspecify.annotations.NullMarked;
