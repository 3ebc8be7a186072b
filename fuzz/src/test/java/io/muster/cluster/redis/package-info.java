@NullMarked
package io.muster.cluster.redis;

import org.jspecify.annotations.NullMarked;
