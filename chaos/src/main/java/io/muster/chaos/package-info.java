/** The commands {@code muster chaos} and {@code muster soak}. */
@NullMarked
package io.muster.chaos;

import org.jspecify.annotations.NullMarked;
