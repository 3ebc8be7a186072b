/** Draws a history: one lane per process, faults as bands. */
@NullMarked
package io.muster.chaos.draw;

import org.jspecify.annotations.NullMarked;
