/**
 * One runnable main per feature. The snippets of the README come from here.
 */
@NullMarked
package io.muster.examples;

import org.jspecify.annotations.NullMarked;
