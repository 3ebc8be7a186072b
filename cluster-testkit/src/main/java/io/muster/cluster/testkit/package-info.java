/**
 * The contract that every backend passes. Extend its classes to test a backend of your own.
 */
@NullMarked
package io.muster.cluster.testkit;

import org.jspecify.annotations.NullMarked;
