@NullMarked
package io.muster.queue.job;

import org.jspecify.annotations.NullMarked;
