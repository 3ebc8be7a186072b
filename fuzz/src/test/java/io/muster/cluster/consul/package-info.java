@NullMarked
package io.muster.cluster.consul;

import org.jspecify.annotations.NullMarked;
