/**
 * The contract that every backend passes. A backend's test implements {@link io.muster.cluster.testkit.PrimitivesContract}
 * and supplies a {@link io.muster.cluster.testkit.ContractEnvironment}; each test is named after the guarantee it proves.
 *
 * <pre>{@code
 * class EtcdContractTest implements PrimitivesContract {
 *     public ContractEnvironment environment() { ... }
 * }
 * }</pre>
 *
 * <p>Each test works in a namespace of its own, waits for what must happen and never for time to pass. A capability that a
 * backend lacks is asserted to be refused, never skipped. Counts are small; {@code -Dmuster.full=true} runs them in full.
 */
@NullMarked
package io.muster.cluster.testkit;

import org.jspecify.annotations.NullMarked;
