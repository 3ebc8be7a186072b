/**
 * Code that is dispatched by name: {@link io.muster.queue.closure.Closures} knows what this process registered, {@link
 * io.muster.queue.closure.Closure} is the job. What travels is a name, arguments and a signature; nothing is ever read back into code. Runs on the
 * threads of handlers.
 */
@NullMarked
package io.muster.queue.closure;

import org.jspecify.annotations.NullMarked;
