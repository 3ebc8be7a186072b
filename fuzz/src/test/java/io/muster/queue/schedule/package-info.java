@NullMarked
package io.muster.queue.schedule;

import org.jspecify.annotations.NullMarked;
