/**
 * Several nodes in one JVM on time that passes when a test says so, for users' own tests of what becomes of their jobs when nodes die, hang or
 * are cut off. Read {@link io.muster.queue.testkit.cluster.TestCluster} first, then {@link io.muster.queue.testkit.cluster.TestNode}. Only
 * one thread runs at any moment.
 */
@NullMarked
package io.muster.queue.testkit.cluster;

import org.jspecify.annotations.NullMarked;
