/**
 * The contract that every job store passes, and the fakes that users test with.
 */
@NullMarked
package io.muster.queue.testkit;

import org.jspecify.annotations.NullMarked;
