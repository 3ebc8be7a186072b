@NullMarked
package io.muster.cluster.testkit.linearizability;

import org.jspecify.annotations.NullMarked;
