@NullMarked
package io.muster.queue;

import org.jspecify.annotations.NullMarked;
