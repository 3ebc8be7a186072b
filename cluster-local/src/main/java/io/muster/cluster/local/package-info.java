/**
 * The promises of {@code cluster-api} inside one process, with manual time and injected faults.
 */
@NullMarked
package io.muster.cluster.local;

import org.jspecify.annotations.NullMarked;
