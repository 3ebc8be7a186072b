@NullMarked
package io.muster.queue.node;

import org.jspecify.annotations.NullMarked;
