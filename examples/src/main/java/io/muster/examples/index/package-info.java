/**
 * The job that the demo, the command line and the examples give to a cluster: index a file. Read {@link
 * io.muster.examples.index.IndexFile} first, then {@link io.muster.examples.index.FileIndex}, which is the work itself and
 * knows nothing of queues.
 */
@NullMarked
package io.muster.examples.index;

import org.jspecify.annotations.NullMarked;
