/** What fuzz tests share; each stands in the package of its parser, since most parsers are nobody else's business. */
@NullMarked
package io.muster.fuzz;

import org.jspecify.annotations.NullMarked;
