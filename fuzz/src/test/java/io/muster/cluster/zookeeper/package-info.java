@NullMarked
package io.muster.cluster.zookeeper;

import org.jspecify.annotations.NullMarked;
