/** The command {@code muster chaos}. */
@NullMarked
package io.muster.chaos;

import org.jspecify.annotations.NullMarked;
