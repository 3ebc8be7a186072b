@NullMarked
package io.muster.queue.redis;

import org.jspecify.annotations.NullMarked;
