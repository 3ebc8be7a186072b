@NullMarked
package io.muster.queue.closure;

import org.jspecify.annotations.NullMarked;
