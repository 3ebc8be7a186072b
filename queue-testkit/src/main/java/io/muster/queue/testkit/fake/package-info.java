/**
 * What users test their own code with: {@link io.muster.queue.testkit.fake.QueueFake} stands in for the queue that code pushes to,
 * {@link io.muster.queue.testkit.fake.FakeContext} for what a handler talks to. Both fail with an {@link java.lang.AssertionError} that
 * shows what happened instead, and need no server. Begin with these two.
 */
@NullMarked
package io.muster.queue.testkit.fake;

import org.jspecify.annotations.NullMarked;
