/** Every interleaving of a few calls, by Lincheck's model checker, beside the same classes without their locks. */
package io.muster.races;
