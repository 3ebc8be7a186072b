/** What processes write down while they run, a line for each thing that happened. */
@NullMarked
package io.muster.chaos.history;

import org.jspecify.annotations.NullMarked;
