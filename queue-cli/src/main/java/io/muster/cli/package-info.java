/**
 * Operates a queue from the command line, through the public API: one class per command. Start reading at
 * {@link io.muster.cli.Main}.
 */
@NullMarked
package io.muster.cli;

import org.jspecify.annotations.NullMarked;
