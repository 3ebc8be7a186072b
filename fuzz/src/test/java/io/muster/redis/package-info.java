@NullMarked
package io.muster.redis;

import org.jspecify.annotations.NullMarked;
