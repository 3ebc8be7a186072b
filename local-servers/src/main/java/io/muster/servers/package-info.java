/**
 * Finds, starts and stops real servers on this machine. A server that cannot be had here is noted in a file per
 * server, from which {@link io.muster.servers.SkipReport} writes the last word of a build.
 */
@NullMarked
package io.muster.servers;

import org.jspecify.annotations.NullMarked;
