/**
 * What every {@link io.muster.queue.store.JobStore} promises, as tests: extend
 * {@link io.muster.queue.testkit.store.JobStoreContract}, supply a {@link io.muster.queue.testkit.store.StoreEnvironment},
 * and run it with JUnit. Single topics can be extended alone ({@code PushContract}, {@code AssignContract}, …).
 *
 * <p>{@link io.muster.queue.testkit.store.FailingStore} loses replies and refuses calls, for tests of what stands above a
 * store. Everything here may use threads; nothing waits for time except through the environment.
 */
@NullMarked
package io.muster.queue.testkit.store;

import org.jspecify.annotations.NullMarked;
