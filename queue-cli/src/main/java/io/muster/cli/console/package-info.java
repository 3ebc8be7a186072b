/**
 * How a command meets the person at the terminal: {@link io.muster.cli.console.Output} for answers, {@link
 * io.muster.cli.console.Surroundings} for what it finds, {@link io.muster.cli.console.Signals} for Ctrl-C.
 */
@NullMarked
package io.muster.cli.console;

import org.jspecify.annotations.NullMarked;
