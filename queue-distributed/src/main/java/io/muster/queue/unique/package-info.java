/**
 * Unique keys that a coordinator keeps instead of the job store: a lease that the process takes which dispatches the job, and that whoever ends
 * the job gives up, by the token in its payload. Read {@link io.muster.queue.unique.UniqueLeases}. J5
 */
@NullMarked
package io.muster.queue.unique;

import org.jspecify.annotations.NullMarked;
