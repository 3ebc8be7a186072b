/** Real servers as the contract of {@code cluster-testkit} wants them; needs that module, which is optional here. */
@NullMarked
package io.muster.servers.contract;

import org.jspecify.annotations.NullMarked;
