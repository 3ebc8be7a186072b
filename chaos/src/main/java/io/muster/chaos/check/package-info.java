/** Judges a run by its history alone; knows nothing of Muster. */
@NullMarked
package io.muster.chaos.check;

import org.jspecify.annotations.NullMarked;
