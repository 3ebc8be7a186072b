/** Checks the model in {@code src/tla} with TLC, whole and with each guard removed. */
@NullMarked
package io.muster.formal;

import org.jspecify.annotations.NullMarked;
