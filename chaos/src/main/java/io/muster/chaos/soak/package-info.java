/** What processes and servers use at rest, from one rest to the next, and whether that grows. Pure: it reads a history. */
@NullMarked
package io.muster.chaos.soak;

import org.jspecify.annotations.NullMarked;
