/**
 * Three node processes on each real coordinator, and faults: {@link io.muster.integration.FaultScenarios} is what happens to them,
 * {@link io.muster.integration.NodeProcess} one of them seen from outside, {@link io.muster.integration.NodeMain} from inside.
 */
@NullMarked
package io.muster.integration;

import org.jspecify.annotations.NullMarked;
