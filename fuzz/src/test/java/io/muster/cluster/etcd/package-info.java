@NullMarked
package io.muster.cluster.etcd;

import org.jspecify.annotations.NullMarked;
