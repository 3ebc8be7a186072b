@NullMarked
package io.muster.queue.clusterstore;

import org.jspecify.annotations.NullMarked;
