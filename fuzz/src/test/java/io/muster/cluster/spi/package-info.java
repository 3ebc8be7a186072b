@NullMarked
package io.muster.cluster.spi;

import org.jspecify.annotations.NullMarked;
