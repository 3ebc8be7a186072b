@NullMarked
package io.muster.queue.jdbc;

import org.jspecify.annotations.NullMarked;
