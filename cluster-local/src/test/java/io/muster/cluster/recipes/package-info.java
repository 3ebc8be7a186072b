/** The recipes of cluster-api, run on the local coordinator in manual time. */
@org.jspecify.annotations.NullMarked
package io.muster.cluster.recipes;
