@NullMarked
package io.muster.cluster.internal;

import org.jspecify.annotations.NullMarked;
