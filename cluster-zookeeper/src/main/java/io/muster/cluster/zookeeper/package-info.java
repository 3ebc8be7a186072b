/**
 * Translates the primitives of {@code cluster-api} to ZooKeeper; the only package that sees Curator.
 */
@NullMarked
package io.muster.cluster.zookeeper;

import org.jspecify.annotations.NullMarked;
