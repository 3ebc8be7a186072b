/** What the whole source tree keeps to: direction of modules, forbidden calls and names, sizes, one class path for all. */
@NullMarked
package io.muster.architecture;

import org.jspecify.annotations.NullMarked;
